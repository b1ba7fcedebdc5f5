// hono/validator, Hono 4
// rules: missing-validation
import { Hono } from 'hono';
import { jwt } from 'hono/jwt';
import { Pool } from 'pg';
import * as z from 'zod';
import { validator } from 'hono/validator';

const app = new Hono();
const pool = new Pool();
app.use(jwt({ secret: process.env.JWT_SECRET!, alg: 'HS256' }));

const Note = z.object({ title: z.string().max(200), body: z.string() });

app.post('/notes', validator('json', (value, c) => {
  const parsed = Note.safeParse(value);
  if (!parsed.success) return c.text('invalid', 400);
  return parsed.data;
}), async (c) => {
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
