// accesscontrol 2 and 3
// rules: missing-authentication, missing-ownership
import { AccessControl } from 'accesscontrol';
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
const ac = new AccessControl({ admin: { note: { 'delete:any': ['*'] } }, user: { note: { 'update:own': ['*'] } } });

app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization?.slice(7) ?? '', process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

app.delete('/notes/:id', async (req: any, res) => {
  const permission = ac.can(req.user.role).deleteAny('note');
  if (!permission.granted) return res.status(403).end();
  await pool.query('DELETE FROM notes WHERE id = $1', [req.params.id]);
  res.status(204).end();
});

app.put('/notes/:id', async (req: any, res) => {
  if (!ac.can(req.user.role).updateOwn('note').granted) return res.status(403).end();
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.patch('/notes/:id', async (req: any, res) => {
  if (!ac.can(req.user.role).deleteAny('note')) return res.status(403).end();
  await pool.query("UPDATE notes SET title = 'y' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.listen(3000);
