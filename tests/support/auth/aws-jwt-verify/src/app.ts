// aws-jwt-verify 4 and 5 (Cognito)
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
const verifier = CognitoJwtVerifier.create({ userPoolId: 'eu-1_x', tokenUse: 'access', clientId: 'abc' });

async function requireUser(req: any, res: any, next: any) {
  try {
    req.user = await verifier.verify(req.headers.authorization?.slice(7) ?? '');
  } catch {
    return res.status(401).json({ error: 'unauthorized' });
  }
  next();
}

app.delete('/notes/:id', requireUser, async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.user.sub]);
  res.status(204).end();
});

app.put('/notes/:id', requireUser, async (req: any, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.listen(3000);
