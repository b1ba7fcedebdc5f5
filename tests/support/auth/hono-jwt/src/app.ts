// hono/jwt and hono/jwk, Hono 4
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { Hono } from 'hono';
import { jwt, verify } from 'hono/jwt';
import { jwk } from 'hono/jwk';
import { Pool } from 'pg';

const app = new Hono();
const pool = new Pool();
app.use('/notes/*', jwt({ secret: process.env.JWT_SECRET!, alg: 'HS256' }));
app.use('/feed/*', jwk({ jwks_uri: process.env.JWKS!, alg: ['RS256'], allow_anon: true }));

app.delete('/notes/:id', async (c) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [c.req.param('id'), c.get('jwtPayload').sub]);
  return c.body(null, 204);
});

app.put('/notes/:id', async (c) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [c.req.param('id')]); // finds: missing-ownership
  return c.body(null, 204);
});

app.delete('/feed/:id', async (c) => {
  await pool.query('DELETE FROM notes WHERE id = $1', [c.req.param('id')]); // finds: unenforced-authentication
  return c.body(null, 204);
});

app.delete('/own/:id', async (c) => {
  const payload = await verify(c.req.header('x-token') ?? '', process.env.JWT_SECRET!, 'HS256');
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [c.req.param('id'), payload.sub]);
  return c.body(null, 204);
});

export default app;
