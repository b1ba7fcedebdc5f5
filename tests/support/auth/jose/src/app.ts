// jose 5 and 6
// rules: missing-authentication, missing-ownership, unenforced-authentication, weak-token-verification
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { Pool } from 'pg';

const app = new Hono<{ Variables: { userId: string } }>();
const pool = new Pool();
const keys = createRemoteJWKSet(new URL(process.env.JWKS_URL!));

const verified = createMiddleware(async (c, next) => {
  const token = c.req.header('Authorization')?.slice(7) ?? '';
  try {
    const { payload } = await jwtVerify(token, keys, { issuer: process.env.ISSUER });
    c.set('userId', payload.sub!);
  } catch {
    return c.json({ error: 'unauthorized' }, 401);
  }
  await next();
});

const decoded = createMiddleware(async (c, next) => {
  c.set('userId', decodeJwt(c.req.header('Authorization')?.slice(7) ?? '').sub!);
  await next();
});

app.delete('/notes/:id', verified, async (c) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [c.req.param('id'), c.get('userId')]);
  return c.body(null, 204);
});

app.patch('/notes/:id', decoded, async (c) => { // finds: weak-token-verification
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1 AND user_id = $2", [c.req.param('id'), c.get('userId')]);
  return c.body(null, 204);
});

export default app;
