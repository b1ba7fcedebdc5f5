// Firebase Admin, namespaced
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import admin from 'firebase-admin';
import { Pool } from 'pg';

admin.initializeApp();
const app = express();
const pool = new Pool();

app.delete('/notes/:id', async (req, res) => {
  const decoded = await admin.auth().verifyIdToken(req.headers.authorization?.slice(7) ?? '');
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, decoded.uid]);
  res.status(204).end();
});

app.put('/notes/:id', async (req, res) => {
  const decoded = await admin.auth().verifySessionCookie(req.cookies.session, true);
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.json({ by: decoded.uid });
});

app.listen(3000);
