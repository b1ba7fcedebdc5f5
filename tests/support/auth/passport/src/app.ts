// Passport 0.7
// rules: missing-authentication, missing-ownership, unenforced-authentication
import express from 'express';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Pool } from 'pg';

const app = express();
const pool = new Pool();
passport.use(
  new Strategy(
    { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: process.env.JWT_SECRET! },
    (payload, done) => done(null, { id: payload.sub }),
  ),
);

app.delete('/notes/:id', passport.authenticate('jwt', { session: false }), async (req: any, res) => {
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.user.id]);
  res.status(204).end();
});

app.get('/notes/:id', async (req: any, res) => {
  if (!req.isAuthenticated()) return res.status(401).end();
  const { rows } = await pool.query('SELECT id, title FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, req.user.id]);
  res.json(rows[0]);
});

app.put('/notes/:id', passport.authenticate('jwt', { session: false }), async (req, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: missing-ownership
  res.status(204).end();
});

app.patch('/notes/:id', passport.authenticate(['jwt', 'anonymous'], { session: false }), async (req, res) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [req.params.id]); // finds: unenforced-authentication
  res.status(204).end();
});

app.listen(3000);
