// jsonwebtoken 9
// rules: missing-authentication, missing-ownership, unenforced-authentication, weak-token-verification
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();

function requireUser(req: any, res: any, next: any) {
  const token = req.headers.authorization?.replace('Bearer ', '');
  try {
    req.user = jwt.verify(token, process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).json({ error: 'unauthorized' });
  }
}

function decodesOnly(req: any, res: any, next: any) {
  req.user = jwt.decode(req.headers.authorization?.replace('Bearer ', ''));
  next();
}

app.delete('/notes/:id', requireUser, async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.user.sub]);
  res.status(204).end();
});

app.put('/notes/:id', requireUser, async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.patch('/notes/:id', decodesOnly, async (req: any, res) => { // finds: weak-token-verification
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1 AND user_id = $2", [req.params.id, req.user.sub]);
  res.status(204).end();
});

app.listen(3000);
