// Clerk for Hono (@hono/clerk-auth 2 and 3)
// rules: missing-authentication, missing-ownership
import { Hono } from 'hono';
import { clerkMiddleware, getAuth } from '@hono/clerk-auth';
import { Pool } from 'pg';

const app = new Hono();
const pool = new Pool();
app.use('*', clerkMiddleware());

app.delete('/notes/:id', async (c) => {
  const auth = getAuth(c);
  if (!auth?.userId) return c.json({ error: 'unauthorized' }, 401);
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [c.req.param('id'), auth.userId]);
  return c.body(null, 204);
});

app.patch('/notes/:id', async (c) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [c.req.param('id')]); // finds: missing-authentication
  return c.body(null, 204);
});

export default app;
