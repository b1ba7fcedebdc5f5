import type { FastifyInstance } from 'fastify';

export default async function notes(app: FastifyInstance) {
  app.get('/:id', async (request: any) => {
    const { rows } = await app.db.query('SELECT id, body FROM notes WHERE id = $1', [request.params.id]); // finds: missing-ownership
    return rows[0];
  });

  app.route({
    method: 'GET',
    url: '/mine/:id',
    handler: async (request: any) => {
      const { rows } = await app.db.query('SELECT id, body FROM notes WHERE id = $1 AND user_id = $2', [request.params.id, request.user.sub]);
      return rows[0];
    },
  });

  // Covers the routes above it as well.
  app.addHook('preHandler', app.authenticate);
}
