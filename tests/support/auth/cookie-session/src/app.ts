// cookie-session 2
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import cookieSession from 'cookie-session';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
app.use(cookieSession({ name: 'sid', keys: [process.env.COOKIE_KEY!] }));

app.delete('/notes/:id', async (req: any, res) => {
  const userId = req.session?.userId;
  if (!userId) return res.status(401).end();
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, userId]);
  res.status(204).end();
});

app.put('/notes/:id', async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-authentication
  res.status(204).end();
});

app.listen(3000);
