// fastify-type-provider-zod 4 to 7
// rules: missing-validation
import Fastify from 'fastify';
import jwt from '@fastify/jwt';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Pool } from 'pg';

const app = Fastify();
const pool = new Pool();
await app.register(jwt, { secret: process.env.JWT_SECRET! });
app.addHook('onRequest', async (request) => {
  await request.jwtVerify();
});

app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);
const Note = z.object({ title: z.string().max(200), body: z.string() });

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
