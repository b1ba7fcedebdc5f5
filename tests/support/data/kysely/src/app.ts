// Kysely 0.27 to 0.29
// rules: missing-ownership, missing-authentication, sql-injection, mass-assignment
import express from "express";
import jwt from "jsonwebtoken";
import { Kysely, PostgresDialect, sql } from "kysely";
import { Pool } from "pg";

const db = new Kysely<any>({ dialect: new PostgresDialect({ pool: new Pool() }) });

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
  let query = db.selectFrom("notes").selectAll().where("user_id", "=", req.userId);
  if (req.query.q) query = query.where("body", "like", `%${req.query.q}%`);
  res.json(await query.limit(50).execute());
});

app.get("/notes/search", async (req, res) => {
  // finds-next: missing-ownership
  const notes = await db
    .selectFrom("notes")
    .selectAll()
    .where((eb) => eb.or([eb("user_id", "=", req.userId), eb("body", "=", String(req.query.q))]))
    .execute();
  res.json(notes);
});

app.get("/notes/:id", async (req, res) => {
  const note = await db.selectFrom("notes").selectAll().where("id", "=", req.params.id).executeTakeFirst(); // finds: missing-ownership
  res.json(note);
});

app.get("/notes/:id/mine", async (req, res) => {
  const note = await db
    .selectFrom("notes as n")
    .innerJoin("users as u", "u.id", "n.user_id")
    .select(["n.id", "n.body"])
    .where("n.id", "=", req.params.id)
    .where("u.id", "=", req.userId)
    .executeTakeFirstOrThrow();
  res.json(note);
});

app.patch("/notes/:id", async (req, res) => {
  // finds-next: mass-assignment
  const note = await db
    .updateTable("notes")
    .set(req.body)
    .where("id", "=", req.params.id)
    .where("user_id", "=", req.userId)
    .returning(["id", "body"])
    .executeTakeFirst();
  res.json(note);
});

app.delete("/notes/:id", async (req, res) => {
  await db.transaction().execute(async (trx) => {
    const note = await trx.selectFrom("notes").select("user_id").where("id", "=", req.params.id).executeTakeFirst();
    if (note?.user_id !== req.userId) throw new Error("Not found");
    await trx.deleteFrom("notes").where("id", "=", req.params.id).execute();
  });
  res.status(204).end();
});

app.get("/report", async (req, res) => {
  const bound = await sql`select * from notes where user_id = ${req.userId} and body like ${req.query.q}`.execute(db);
  const open = await sql`select id from notes where user_id = ${req.userId} order by ${sql.raw(String(req.query.sort))}`.execute(db); // finds: sql-injection
  res.json([bound.rows, open.rows]);
});

app.listen(3000);
