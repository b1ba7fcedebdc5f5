// Fastify 4, 5 (contexts, hooks, decorators, plugins)
// rules: missing-ownership, missing-authentication
import Fastify from 'fastify';
import auth from './auth.js';
import notes from './notes.js';

export function build() {
  const app = Fastify({ logger: true });
  app.register(auth);
  app.register(notes, { prefix: '/notes' });
  app.delete('/notes/:id', async (request: any, reply) => {
    await app.db.query('DELETE FROM notes WHERE id = $1', [request.params.id]); // finds: missing-authentication
    return reply.code(204).send();
  });
  return app;
}
