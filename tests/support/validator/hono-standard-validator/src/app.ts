// @hono/standard-validator 0.1
// rules: missing-validation
import { Hono } from 'hono';
import { jwt } from 'hono/jwt';
import { Pool } from 'pg';
import * as v from 'valibot';
import { sValidator } from '@hono/standard-validator';

const app = new Hono();
const pool = new Pool();
app.use(jwt({ secret: process.env.JWT_SECRET!, alg: 'HS256' }));

const Note = v.object({ title: v.string(), body: v.string() });

app.post('/notes', sValidator('json', Note), async (c) => {
  const note = c.req.valid('json');
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [c.get('jwtPayload').sub, note.title, note.body]);
  return c.body(null, 201);
});

app.post('/raw', async (c) => {
  const { title, body } = await c.req.json();
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [c.get('jwtPayload').sub, title, body]); // finds: missing-validation
  return c.body(null, 201);
});

export default app;
