// @hono/auth-js 1
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { Hono } from 'hono';
import { authHandler, initAuthConfig, verifyAuth } from '@hono/auth-js';
import { Pool } from 'pg';

const app = new Hono();
const pool = new Pool();
app.use('*', initAuthConfig((c) => ({ secret: process.env.AUTH_SECRET, providers: [] })));
app.use('/api/auth/*', authHandler());
app.use('/api/notes/*', verifyAuth());

app.delete('/api/notes/:id', async (c) => {
  const auth = c.get('authUser');
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [c.req.param('id'), auth.session.user!.id]);
  return c.body(null, 204);
});

app.delete('/api/feed/:id', async (c) => {
  await pool.query('DELETE FROM notes WHERE id = $1', [c.req.param('id')]); // finds: missing-authentication
  return c.body(null, 204);
});

export default app;
