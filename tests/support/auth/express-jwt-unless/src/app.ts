// express-jwt 7 and 8: unless
// rules: missing-authentication
import express from 'express';
import { expressjwt } from 'express-jwt';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
app.use(expressjwt({ secret: process.env.JWT_SECRET!, algorithms: ['HS256'] }).unless({ path: ['/login', /^\/public/] }));

app.delete('/notes', async (req: any, res) => {
  await pool.query("DELETE FROM notes WHERE title = 'old'");
  res.status(204).end();
});

app.delete('/public/notes', async (req: any, res) => {
  await pool.query("DELETE FROM notes WHERE title = 'old'"); // finds: missing-authentication
  res.status(204).end();
});

app.listen(3000);
