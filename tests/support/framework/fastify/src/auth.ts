import fp from 'fastify-plugin';
import jwt from '@fastify/jwt';
import { Pool } from 'pg';

export default fp(async (app: any) => {
  await app.register(jwt, { secret: process.env.JWT_SECRET });
  app.decorate('db', new Pool());
  app.decorate('authenticate', async (request: any, reply: any) => {
    try {
      await request.jwtVerify();
    } catch {
      reply.code(401).send({ error: 'unauthorized' });
    }
  });
});
