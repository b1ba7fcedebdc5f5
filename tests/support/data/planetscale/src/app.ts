// @planetscale/database 1
// rules: missing-ownership, missing-authentication, sql-injection
import express from "express";
import jwt from "jsonwebtoken";
import { connect } from "@planetscale/database";

const db = connect({ url: process.env.DATABASE_URL });

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
  const { rows } = await db.execute("SELECT * FROM notes WHERE id = ?", [req.params.id]); // finds: missing-ownership
  res.json(rows[0]);
});

app.get("/notes/:id/mine", async (req, res) => {
  const { rows } = await db.execute("SELECT * FROM notes WHERE id = ? AND user_id = ?", [req.params.id, req.userId]);
  res.json(rows[0]);
});

app.listen(3000);
