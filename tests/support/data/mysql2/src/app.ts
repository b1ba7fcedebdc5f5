// mysql2 3
// rules: missing-ownership, missing-authentication, sql-injection
import express from "express";
import jwt from "jsonwebtoken";
import mysql from "mysql2/promise";

const pool = mysql.createPool(process.env.DATABASE_URL!);

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
  const [rows] = await pool.query("SELECT * FROM notes WHERE id = ?", [req.params.id]); // finds: missing-ownership
  res.json(rows[0]);
});

app.get("/notes/:id/mine", async (req, res) => {
  const [rows] = await pool.execute("SELECT * FROM notes WHERE id = ? AND user_id = ?", [req.params.id, req.userId]);
  if (!rows[0]) return res.status(404).end();
  res.json(rows[0]);
});

app.get("/notes", async (req, res) => {
  const [rows] = await pool.query(`SELECT id FROM notes WHERE user_id = ? ORDER BY ${req.query.sort}`, [req.userId]); // finds: sql-injection
  res.json(rows);
});

app.listen(3000);
