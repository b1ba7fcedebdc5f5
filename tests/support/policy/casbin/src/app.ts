// casbin 5
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { newEnforcer } from 'casbin';
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
const enforcer = await newEnforcer('model.conf', 'policy.csv');

app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization?.slice(7) ?? '', process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

app.delete('/notes/:id', async (req: any, res) => {
  if (!(await enforcer.enforce(req.user.sub, req.params.id, 'delete'))) return res.status(403).end();
  await pool.query('DELETE FROM notes WHERE id = $1', [req.params.id]);
  res.status(204).end();
});

app.get('/notes', async (req: any, res) => {
  if (!(await enforcer.enforce(req.user.sub, 'notes', 'list'))) return res.status(403).end();
  const { rows } = await pool.query('SELECT id, title FROM notes');
  res.json(rows);
});

app.put('/notes/:id', async (req: any, res) => {
  const [allowed] = await enforcer.enforceEx(req.user.sub, 'notes', 'write');
  console.log(allowed);
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.listen(3000);
