// @tsndr/cloudflare-worker-jwt 2 and 3
// rules: missing-authentication, missing-ownership, unenforced-authentication, weak-token-verification
import { Hono } from 'hono';
import jwt from '@tsndr/cloudflare-worker-jwt';
import { Pool } from 'pg';

const app = new Hono();
const pool = new Pool();

app.delete('/notes/:id', async (c) => {
  const token = await jwt.verify(c.req.header('x-token') ?? '', process.env.JWT_SECRET!);
  if (!token) return c.json({ error: 'unauthorized' }, 401);
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [c.req.param('id'), token.payload.sub]);
  return c.body(null, 204);
});

app.patch('/notes/:id', async (c) => {
  const token = c.req.header('x-token') ?? '';
  if (!jwt.verify(token, process.env.JWT_SECRET!)) return c.json({ error: 'unauthorized' }, 401);
  const { payload } = jwt.decode<{ sub: string }>(token); // finds: weak-token-verification
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1 AND user_id = $2", [c.req.param('id'), payload!.sub]);
  return c.body(null, 204);
});

export default app;
