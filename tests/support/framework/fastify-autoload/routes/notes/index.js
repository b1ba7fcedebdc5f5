module.exports = async function (fastify, opts) {
  fastify.get('/:id', async function (request, reply) {
    const { rows } = await this.pg.query('SELECT id, body FROM notes WHERE id = $1', [request.params.id]); // finds: missing-ownership
    return rows[0];
  });

  fastify.get('/mine/:id', async function (request, reply) {
    const { rows } = await this.pg.query('SELECT id, body FROM notes WHERE id = $1 AND user_id = $2', [request.params.id, request.user.sub]);
    return rows[0];
  });
};
