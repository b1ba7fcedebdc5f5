// koa-jwt 4
// rules: missing-authentication, missing-ownership
import Koa from 'koa';
import Router from '@koa/router';
import jwt from 'koa-jwt';
import { Pool } from 'pg';

const app = new Koa();
const pool = new Pool();
const router = new Router();

app.use(jwt({ secret: process.env.JWT_SECRET! }).unless({ path: [/^\/public/, '/login'] }));

router.delete('/public/notes/:id', async (ctx) => {
  await pool.query('DELETE FROM notes WHERE id = $1', [ctx.params.id]); // finds: missing-authentication
  ctx.status = 204;
});

router.delete('/notes/:id', async (ctx) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [ctx.params.id, ctx.state.user.sub]);
  ctx.status = 204;
});

app.use(router.routes());
app.listen(3000);
