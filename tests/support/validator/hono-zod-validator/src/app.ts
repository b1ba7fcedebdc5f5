// @hono/zod-validator 0.9
// rules: missing-validation
import { Hono } from 'hono';
import { jwt } from 'hono/jwt';
import { Pool } from 'pg';
import * as z from 'zod';
import { zValidator } from '@hono/zod-validator';

const app = new Hono();
const pool = new Pool();
app.use(jwt({ secret: process.env.JWT_SECRET!, alg: 'HS256' }));

const Note = z.object({ title: z.string().max(200), body: z.string() });

app.post('/notes', zValidator('json', Note), async (c) => {
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
