// TypeBox 0.32 to 0.34 as Fastify's schemas
// rules: missing-validation
import Fastify from 'fastify';
import jwt from '@fastify/jwt';
import { Type } from '@sinclair/typebox';
import { Pool } from 'pg';

const app = Fastify();
const pool = new Pool();
await app.register(jwt, { secret: process.env.JWT_SECRET! });
app.addHook('onRequest', async (request) => {
  await request.jwtVerify();
});

const Note = Type.Object({ title: Type.String({ maxLength: 200 }), body: Type.String() }, { additionalProperties: false });

app.post('/notes', { schema: { body: Note } }, async (request: any) => {
  const { title, body } = request.body;
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [request.user.sub, title, body]);
  return { ok: true };
});

app.post('/raw', async (request: any) => {
  const { title, body } = request.body;
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [request.user.sub, title, body]); // finds: missing-validation
  return { ok: true };
});

app.listen({ port: 3000 });
