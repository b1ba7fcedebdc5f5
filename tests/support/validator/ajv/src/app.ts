// Ajv 8
// rules: missing-validation
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';
import Ajv from 'ajv';

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

const ajv = new Ajv();
const validate = ajv.compile({
  type: 'object',
  properties: { title: { type: 'string', maxLength: 200 }, body: { type: 'string' } },
  required: ['title', 'body'],
  additionalProperties: false,
});

app.post('/notes', async (req: any, res) => {
  const note = req.body;
  if (!validate(note)) return res.status(400).json(validate.errors);
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [req.user.sub, note.title, note.body]);
  res.status(201).end();
});

app.post('/raw', async (req: any, res) => {
  const { title, body } = req.body;
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [req.user.sub, title, body]); // finds: missing-validation
  res.status(201).end();
});

app.listen(3000);
