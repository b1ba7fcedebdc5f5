// express-openid-connect 2 and 3
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import { auth, requiresAuth } from 'express-openid-connect';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
app.use(auth({ authRequired: false, auth0Logout: true }));

app.delete('/notes/:id', requiresAuth(), async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.oidc.user.sub]);
  res.status(204).end();
});

app.get('/notes/:id', async (req: any, res) => {
  if (!req.oidc.isAuthenticated()) return res.status(401).end();
  const { rows } = await pool.query('SELECT id FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.oidc.user.sub]);
  res.json(rows);
});

app.put('/notes/:id', requiresAuth(), async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.patch('/notes/:id', async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: unenforced-authentication
  res.status(204).end();
});

app.listen(3000);
