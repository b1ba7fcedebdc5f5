// express-oauth2-jwt-bearer 1
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
const checkJwt = auth({ audience: 'https://api', issuerBaseURL: 'https://issuer.example' });
const maybe = auth({ audience: 'https://api', issuerBaseURL: 'https://issuer.example', authRequired: false });

app.delete('/notes/:id', checkJwt, requiredScopes('notes:write'), async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.auth.payload.sub]);
  res.status(204).end();
});

app.patch('/notes/:id', maybe, async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: unenforced-authentication
  res.status(204).end();
});

app.listen(3000);
