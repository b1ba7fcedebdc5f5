// @fastify/session 10, 11 and @fastify/secure-session 7, 8
// rules: missing-authentication, unenforced-authentication
import Fastify from 'fastify';
import cookie from '@fastify/cookie';
import session from '@fastify/session';
import { Pool } from 'pg';

const app = Fastify();
const pool = new Pool();
app.register(cookie);
app.register(session, { secret: process.env.SESSION_SECRET! });

app.delete('/notes/:id', async (request: any, reply) => {
  await pool.query('DELETE FROM notes WHERE id = $1', [request.params.id]); // finds: missing-authentication
  return reply.code(204).send();
});

app.delete('/mine/:id', async (request: any, reply) => {
  if (!request.session.userId) return reply.code(401).send();
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [request.params.id, request.session.userId]);
  return reply.code(204).send();
});

app.listen({ port: 3000 });
