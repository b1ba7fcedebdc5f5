// Knex 3 (builders, raw, transactions)
// rules: missing-ownership, missing-authentication, sql-injection, mass-assignment
import express from "express";
import jwt from "jsonwebtoken";
import knex from "knex";

const db = knex({ client: "pg", connection: process.env.DATABASE_URL });

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

app.get("/notes", async (req, res) => {
  const notes = await db("notes")
    .where({ user_id: req.userId })
    .modify((qb) => {
      if (req.query.q) qb.where((b) => b.whereILike("body", `%${req.query.q}%`).orWhere("id", String(req.query.q)));
    })
    .orderBy("id")
    .limit(50);
  res.json(notes);
});

app.get("/notes/search", async (req, res) => {
  const query = db("notes").where("user_id", req.userId);
  // An `or` beside the owner opens what the owner closed.
  if (req.query.q) query.where("body", String(req.query.q)).orWhere("body", "like", `%${req.query.q}%`);
  res.json(await query); // finds: missing-ownership
});

app.get("/notes/:id", async (req, res) => {
  const note = await db("notes").where({ id: req.params.id }).first(); // finds: missing-ownership
  res.json(note);
});

app.get("/notes/:id/mine", async (req, res) => {
  const note = await db.select("n.*").from("notes as n").where("n.id", req.params.id).andWhere("n.user_id", req.userId).first();
  if (!note) return res.status(404).end();
  res.json(note);
});

app.patch("/notes/:id", async (req, res) => {
  const [note] = await db("notes").where({ id: req.params.id, user_id: req.userId }).update(req.body).returning("*"); // finds: mass-assignment
  res.json(note);
});

app.delete("/notes/:id", async (req, res) => {
  await db.transaction(async (trx) => {
    const note = await trx("notes").where("id", req.params.id).first();
    if (!note || note.user_id !== req.userId) throw new Error("Not found");
    await trx("notes").where("id", note.id).del();
  });
  res.status(204).end();
});

app.get("/report", async (req, res) => {
  const bound = await db.raw("select * from notes where user_id = ? and body like ?", [req.userId, `%${req.query.q}%`]);
  const open = await db.raw(`select id from notes where user_id = ? order by ${req.query.sort}`, [req.userId]); // finds: sql-injection
  res.json([bound.rows, open.rows]);
});

app.listen(3000);
