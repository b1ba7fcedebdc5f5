// Fastify's JSON schemas, 4 and 5
// rules: missing-validation
import Fastify from 'fastify';
import jwt from '@fastify/jwt';
import { Pool } from 'pg';

const app = Fastify();
const pool = new Pool();
await app.register(jwt, { secret: process.env.JWT_SECRET! });
app.addHook('onRequest', async (request) => {
  await request.jwtVerify();
});

const note = {
  type: 'object',
  required: ['title', 'body'],
  additionalProperties: false,
  properties: { title: { type: 'string', maxLength: 200 }, body: { type: 'string' } },
};

app.post('/notes', { schema: { body: note } }, async (request: any) => {
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
