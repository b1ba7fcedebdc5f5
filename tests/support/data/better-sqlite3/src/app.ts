// better-sqlite3 (also `node:sqlite`, `bun:sqlite`)
// rules: missing-ownership, sql-injection
import Database from "better-sqlite3";
import express from "express";
import jwt from "jsonwebtoken";
import { DatabaseSync } from "node:sqlite";

const db = new Database("app.db");
const other = new DatabaseSync("app.db");
const byId = db.prepare("SELECT * FROM notes WHERE id = ?");
const app = express();

app.use((req, res, next) => {
  try {
    req.user = jwt.verify(req.headers.authorization?.slice(7) ?? "", process.env.JWT_SECRET, { algorithms: ["HS256"] });
    next();
  } catch {
    res.status(401).end();
  }
});

app.get("/notes/:id", (req, res) => {
  const note = byId.get(req.params.id); // finds: missing-ownership
  if (!note) return res.status(404).end();
  res.json(note);
});

app.get("/notes/:id/mine", (req, res) => {
  const note = db.prepare("SELECT * FROM notes WHERE id = @id AND user_id = @user").get({ id: req.params.id, user: req.user.sub });
  if (!note) return res.status(404).end();
  res.json(note);
});

app.delete("/notes/:id", (req, res) => {
  const { changes } = other.prepare("DELETE FROM notes WHERE id = ?").run(req.params.id); // finds: missing-ownership
  if (changes === 0) return res.status(404).end();
  res.json({ ok: true });
});

app.get("/search", (req, res) => {
  const text = `SELECT id, body FROM notes WHERE user_id = ? AND body LIKE '%${req.query.q}%'`;
  res.json(db.prepare(text).all(req.user.sub)); // finds: sql-injection
});
