// Clerk for Express 1 and 2
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import { clerkMiddleware, getAuth, requireAuth } from '@clerk/express';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
app.use(clerkMiddleware());

app.get('/notes/:id', async (req, res) => {
  const { userId } = getAuth(req);
  if (!userId) return res.status(401).end();
  const { rows } = await pool.query('SELECT id, title FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, userId]);
  res.json(rows[0]);
});

app.delete('/notes/:id', requireAuth(), async (req, res) => {
  const { userId } = getAuth(req);
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, userId]);
  res.status(204).end();
});

app.put('/notes/:id', requireAuth(), async (req, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.patch('/notes/:id', async (req, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: unenforced-authentication
  res.status(204).end();
});

app.listen(3000);
