// bun:sqlite
// rules: missing-ownership, missing-authentication, sql-injection
import express from "express";
import jwt from "jsonwebtoken";
import { Database } from "bun:sqlite";

const db = new Database("notes.db");

const app = express();
app.use(express.json());
app.use((req, res, next) => {
  try {
    req.userId = jwt.verify(req.headers.authorization?.slice(7) ?? "", process.env.JWT_SECRET!).sub;
  } catch {
    return res.status(401).json({ error: "Unauthorized" });
  }
  next();
});

app.get("/notes/:id", (req, res) => {
  const note = db.query("SELECT * FROM notes WHERE id = ?").get(req.params.id); // finds: missing-ownership
  res.json(note);
});

app.get("/notes/:id/mine", (req, res) => {
  const note = db.query("SELECT * FROM notes WHERE id = ? AND user_id = ?").get(req.params.id, req.userId);
  res.json(note);
});

app.listen(3000);
