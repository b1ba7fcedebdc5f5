// express-session 1
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import session from 'express-session';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
app.use(session({ secret: process.env.SESSION_SECRET!, resave: false, saveUninitialized: false }));

app.delete('/notes/:id', async (req: any, res) => {
  if (!req.session.userId) return res.status(401).end();
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.session.userId]);
  res.status(204).end();
});

app.put('/notes/:id', async (req: any, res) => {
  if (!req.session.userId) return res.status(401).end();
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.patch('/notes/:id', async (req: any, res) => {
  if (!req.session) return res.status(401).end();
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-authentication
  res.status(204).end();
});

app.listen(3000);
