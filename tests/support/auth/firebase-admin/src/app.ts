// Firebase Admin 11 to 13
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import { initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { Pool } from 'pg';

initializeApp();
const app = express();
const pool = new Pool();

async function requireUser(req: any, res: any, next: any) {
  try {
    req.user = await getAuth().verifyIdToken(req.headers.authorization?.split('Bearer ')[1] ?? '');
    next();
  } catch {
    res.status(401).json({ error: 'unauthorized' });
  }
}

app.delete('/notes/:id', requireUser, async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.user.uid]);
  res.status(204).end();
});

app.put('/notes/:id', requireUser, async (req, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.patch('/notes/:id', async (req, res) => {
  const user = await getAuth().getUser(req.body.uid);
  if (!user) return res.status(401).end();
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-authentication
  res.status(204).end();
});

app.listen(3000);
