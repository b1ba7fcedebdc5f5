// express-validator 7
// rules: missing-validation
import express from 'express';
import jwt from 'jsonwebtoken';
import { Pool } from 'pg';
import { body, matchedData, validationResult } from 'express-validator';

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

const rules = [body('title').isString().isLength({ max: 200 }), body('body').isString()];

app.post('/notes', rules, async (req: any, res) => {
  if (!validationResult(req).isEmpty()) return res.status(400).end();
  const note = matchedData(req);
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [req.user.sub, note.title, note.body]);
  res.status(201).end();
});

app.post('/raw', async (req: any, res) => {
  const { title, body } = req.body;
  await pool.query('INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)', [req.user.sub, title, body]); // finds: missing-validation
  res.status(201).end();
});

app.listen(3000);
