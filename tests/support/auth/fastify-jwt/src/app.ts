// @fastify/jwt 8, 9, 10
// rules: unenforced-authentication, missing-authentication
import Fastify from 'fastify';
import jwt from '@fastify/jwt';
import { Pool } from 'pg';

const app = Fastify();
const pool = new Pool();
await app.register(jwt, { secret: process.env.JWT_SECRET! });

app.get('/notes', { onRequest: (request) => request.jwtVerify() }, async (request: any) => {
  const { rows } = await pool.query('SELECT id, body FROM notes WHERE user_id = $1', [request.user.sub]);
  return rows;
});

app.delete('/notes', async (request: any, reply) => {
  request.jwtVerify();
  await pool.query('DELETE FROM notes WHERE id = $1', [request.body.id]); // finds: unenforced-authentication
  return reply.code(204).send();
});

app.listen({ port: 3000 });
