// Koa 2, 3 with @koa/router (routers, nesting, prefixes)
// rules: missing-ownership, missing-authentication
import Koa from 'koa';
import Router from '@koa/router';
import { bodyParser } from '@koa/bodyparser';
import jwt from 'koa-jwt';
import { Pool } from 'pg';

const app = new Koa();
const pool = new Pool();
const api = new Router({ prefix: '/api' });
const notes = new Router();

app.use(bodyParser());

api.delete('/notes/:id', async (ctx) => {
  await pool.query('DELETE FROM notes WHERE id = $1', [ctx.params.id]); // finds: missing-authentication
  ctx.status = 204;
});

notes.get('/:id', async (ctx) => {
  const { rows } = await pool.query('SELECT id, body FROM notes WHERE id = $1', [ctx.params.id]); // finds: missing-ownership
  ctx.body = rows[0];
});

notes.get('/mine/:id', async (ctx) => {
  const { rows } = await pool.query('SELECT id, user_id, body FROM notes WHERE id = $1', [ctx.params.id]);
  ctx.assert(rows[0], 404);
  if (rows[0].user_id !== ctx.state.user.sub) ctx.throw(403);
  ctx.body = rows[0];
});

api.use(jwt({ secret: process.env.JWT_SECRET! }));
api.use('/notes', notes.routes());
app.use(api.routes()).use(api.allowedMethods());
app.listen(3000);
