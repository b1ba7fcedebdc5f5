// API keys: the hash is looked up
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { createHash } from 'node:crypto';
import express from 'express';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();

async function requireKey(req: any, res: any, next: any) {
  const key = req.header('x-api-key');
  if (!key) return res.status(401).end();
  const hash = createHash('sha256').update(key).digest('hex');
  const { rows } = await pool.query('SELECT id, user_id FROM api_keys WHERE key_hash = $1', [hash]);
  if (!rows[0]) return res.status(401).end();
  req.userId = rows[0].user_id;
  next();
}

app.delete('/notes/:id', requireKey, async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.userId]);
  res.status(204).end();
});

app.patch('/notes/:id', async (req: any, res) => {
  const hash = createHash('sha256').update(req.header('x-api-key') ?? '').digest('hex');
  await pool.query('UPDATE api_keys SET used_at = now() WHERE key_hash = $1', [hash]);
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-authentication
  res.status(204).end();
});

app.listen(3000);
