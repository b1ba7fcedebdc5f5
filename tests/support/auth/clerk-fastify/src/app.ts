// Clerk for Fastify
// rules: missing-authentication, missing-ownership
import Fastify from 'fastify';
import { clerkPlugin, getAuth } from '@clerk/fastify';
import { Pool } from 'pg';

const app = Fastify();
const pool = new Pool();
app.register(clerkPlugin);

app.delete('/notes/:id', async (request, reply) => {
  const { userId } = getAuth(request);
  if (!userId) return reply.code(401).send();
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(request.params as any).id, userId]);
  return { ok: true };
});

app.patch('/notes/:id', async (request) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(request.params as any).id]); // finds: missing-authentication
  return { ok: true };
});

app.listen({ port: 3000 });
