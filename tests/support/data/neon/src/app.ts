// @neondatabase/serverless 1
// rules: missing-ownership, missing-authentication, sql-injection
import express from "express";
import jwt from "jsonwebtoken";
import { neon } from "@neondatabase/serverless";

const sql = neon(process.env.DATABASE_URL!);

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

app.get("/notes/:id", async (req, res) => {
  const [note] = await sql`SELECT * FROM notes WHERE id = ${req.params.id}`; // finds: missing-ownership
  res.json(note);
});

app.get("/notes/:id/mine", async (req, res) => {
  const [note] = await sql`SELECT * FROM notes WHERE id = ${req.params.id} AND user_id = ${req.userId}`;
  res.json(note);
});

app.get("/notes", async (req, res) => {
  const rows = await sql.query(`SELECT id FROM notes WHERE user_id = $1 ORDER BY ${req.query.sort}`, [req.userId]); // finds: sql-injection
  res.json(rows);
});

app.listen(3000);
