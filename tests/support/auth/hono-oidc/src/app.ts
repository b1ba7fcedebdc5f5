// @hono/oidc-auth 1
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { Hono } from 'hono';
import { getAuth, oidcAuthMiddleware, processOAuthCallback } from '@hono/oidc-auth';
import { Pool } from 'pg';

const app = new Hono();
const pool = new Pool();
app.get('/callback', (c) => processOAuthCallback(c));
app.use('/notes/*', oidcAuthMiddleware());

app.delete('/notes/:id', async (c) => {
  const auth = await getAuth(c);
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [c.req.param('id'), auth!.sub]);
  return c.body(null, 204);
});

app.delete('/feed/:id', async (c) => {
  const auth = await getAuth(c);
  await pool.query('DELETE FROM notes WHERE id = $1', [c.req.param('id')]); // finds: unenforced-authentication
  return c.json({ by: auth?.email });
});

export default app;
