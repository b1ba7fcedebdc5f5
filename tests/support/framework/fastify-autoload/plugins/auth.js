const fp = require('fastify-plugin');
const { Pool } = require('pg');

module.exports = fp(async function (fastify) {
  fastify.register(require('@fastify/jwt'), { secret: process.env.JWT_SECRET });
  fastify.decorate('pg', new Pool());
  fastify.addHook('onRequest', async (request) => {
    await request.jwtVerify();
  });
});
