// An own table of permissions
// rules: missing-authentication, missing-ownership
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';
import { can } from './permissions';

const app = express();
const pool = new Pool();

app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization?.slice(7) ?? '', process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

app.delete('/notes/:id', async (req: any, res) => {
  const { rows } = await pool.query('SELECT id, user_id FROM notes WHERE id = $1', [req.params.id]);
  if (!rows[0] || !can(req.user, 'delete', rows[0])) return res.status(403).end();
  await pool.query('DELETE FROM notes WHERE id = $1', [req.params.id]);
  res.status(204).end();
});

app.put('/notes/:id', async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.listen(3000);
