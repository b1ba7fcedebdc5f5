// Effect 3: Schema
// rules: missing-validation
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';
import { Schema } from 'effect';

const app = express();
const pool = new Pool();
app.use(express.json());
app.use((req: any, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization?.slice(7) ?? '', process.env.JWT_SECRET!);
    next();
  } catch {
    res.status(401).end();
  }
});

const Note = Schema.Struct({ title: Schema.String, body: Schema.String });

app.post('/notes', async (req: any, res) => {
  const note = Schema.decodeUnknownSync(Note)(req.body);
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [req.user.sub, note.title, note.body]);
  res.status(201).end();
});

app.post('/raw', async (req: any, res) => {
  const { title, body } = req.body;
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [req.user.sub, title, body]); // finds: missing-validation
  res.status(201).end();
});

app.listen(3000);
