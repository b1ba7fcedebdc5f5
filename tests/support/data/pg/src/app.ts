// pg 8 (text with bound parameters)
// rules: missing-ownership, missing-authentication
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();

app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(String(req.headers.authorization), process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

app.get('/notes/:id', async (req: any, res) => {
  const found = await pool.query('SELECT id, body FROM notes WHERE id = $1', [req.params.id]); // finds: missing-ownership
  res.json(found.rows[0]);
});

app.get('/mine/:id', async (req: any, res) => {
  const found = await pool.query('SELECT id, body FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.user.sub]);
  res.json(found.rows[0]);
});
