// express-jwt 7 and 8
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import { expressjwt } from 'express-jwt';
import { Pool } from 'pg';
import { optional } from './optional';

const app = express();
const pool = new Pool();
const guard = expressjwt({ secret: process.env.JWT_SECRET!, algorithms: ['HS256'] });

app.delete('/notes/:id', guard, async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.auth.sub]);
  res.status(204).end();
});

app.patch('/notes/:id', optional, async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: unenforced-authentication
  res.status(204).end();
});

app.listen(3000);
