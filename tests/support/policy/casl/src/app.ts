// CASL (@casl/ability 6 and 7)
// rules: missing-authentication, missing-ownership
import { AbilityBuilder, createMongoAbility, ForbiddenError, subject } from '@casl/ability';
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();

function abilityFor(user: { sub: string }) {
  const { can, build } = new AbilityBuilder(createMongoAbility);
  can(['read', 'update'], 'Note', { user_id: user.sub });
  return build();
}

app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization?.slice(7) ?? '', process.env.JWT_SECRET!);
    req.ability = abilityFor(req.user);
    next();
  } catch {
    res.status(401).end();
  }
});

app.get('/notes/:id', async (req: any, res) => {
  const { rows } = await pool.query('SELECT * FROM notes WHERE id = $1', [req.params.id]);
  if (!req.ability.can('read', subject('Note', rows[0]))) return res.status(403).end();
  res.json(rows[0]);
});

app.put('/notes/:id', async (req: any, res) => {
  const { rows } = await pool.query('SELECT * FROM notes WHERE id = $1', [req.params.id]);
  ForbiddenError.from(req.ability).throwUnlessCan('update', subject('Note', rows[0]));
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]);
  res.status(204).end();
});

app.delete('/notes/:id', async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1', [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.listen(3000);
