// Permit.io 2
// rules: missing-authentication, missing-ownership
import express from 'express';
import jwt from 'jsonwebtoken';
import { Permit } from 'permitio';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
const permit = new Permit({ token: process.env.PERMIT_KEY! });

app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization?.slice(7) ?? '', process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

app.delete('/notes/:id', async (req: any, res) => {
  const allowed = await permit.check(req.user.sub, 'delete', { type: 'note', key: req.params.id });
  if (!allowed) return res.status(403).end();
  await pool.query('DELETE FROM notes WHERE id = $1', [req.params.id]);
  res.status(204).end();
});

app.put('/notes/:id', async (req: any, res) => {
  const allowed = await permit.check(req.user.sub, 'update', { type: 'note', key: req.params.id });
  console.log(allowed);
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.listen(3000);
