// Passport 0.7: custom callback
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express, { type NextFunction, type Request, type Response } from 'express';
import passport from 'passport';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();

function guard(req: Request, res: Response, next: NextFunction) {
  passport.authenticate('jwt', { session: false }, (err: unknown, user: any) => {
    if (err || !user) return res.status(401).json({ error: 'unauthorized' });
    req.user = user;
    next();
  })(req, res, next);
}

function onlyErrors(req: Request, res: Response, next: NextFunction) {
  passport.authenticate('jwt', { session: false }, (err: unknown, user: any) => {
    if (err) return res.status(401).json({ error: 'unauthorized' });
    req.user = user;
    next();
  })(req, res, next);
}

app.delete('/notes/:id', guard, async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.user.id]);
  res.status(204).end();
});

app.patch('/notes/:id', onlyErrors, async (req, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-authentication
  res.status(204).end();
});

app.listen(3000);
