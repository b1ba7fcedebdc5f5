// Drizzle ORM 0.30 to 0.45 (builders, relational queries, its own schema)
// rules: missing-ownership, missing-authentication, sql-injection, mass-assignment, data-exposure
import express from "express";
import jwt from "jsonwebtoken";
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "./schema";
import { notes, users } from "./schema";

const db = drizzle(postgres(process.env.DATABASE_URL!), { schema });

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
  res.json(await db.select().from(notes).where(eq(notes.userId, req.userId)).limit(50));
});

app.get("/notes/:id", async (req, res) => {
  const [note] = await db.select().from(notes).where(eq(notes.id, req.params.id)); // finds: missing-ownership
  res.json(note);
});

app.get("/notes/:id/mine", async (req, res) => {
  const note = await db.query.notes.findFirst({
    where: and(eq(notes.id, req.params.id), eq(notes.userId, req.userId)),
    columns: { id: true, body: true },
  });
  res.json(note);
});

app.get("/notes/:id/author", async (req, res) => {
  const note = await db.query.notes.findFirst({
    where: and(eq(notes.id, req.params.id), eq(notes.userId, req.userId)),
    with: { author: true },
  });
  res.json(note); // finds: data-exposure
});

app.patch("/notes/:id", async (req, res) => {
  // finds-next: mass-assignment
  const [note] = await db
    .update(notes)
    .set(req.body)
    .where(and(eq(notes.id, req.params.id), eq(notes.userId, req.userId)))
    .returning();
  res.json(note);
});

app.get("/report", async (req, res) => {
  const open = await db.execute(sql`select id from ${notes} where user_id = ${req.userId} order by ${sql.raw(String(req.query.sort))}`); // finds: sql-injection
  res.json(open);
});

app.listen(3000);
