// express-jwt 8: guards in a shared object
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import { Pool } from 'pg';
import auth from './auth';

const app = express();
const pool = new Pool();

app.delete('/notes/:id', auth.required, async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.auth.sub]);
  res.status(204).end();
});

app.patch('/notes/:id', auth.optional, async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: unenforced-authentication
  res.status(204).end();
});

app.listen(3000);
