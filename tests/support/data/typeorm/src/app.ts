// TypeORM 0.3 (repositories, query builders, entities)
// rules: missing-ownership, missing-authentication, sql-injection, mass-assignment, data-exposure
import express from "express";
import jwt from "jsonwebtoken";
import { DataSource } from "typeorm";
import { Note, User } from "./entities";

const source = new DataSource({ type: "postgres", entities: [Note, User] });
const notes = source.getRepository(Note);
const users = source.getRepository(User);

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
  res.json(await notes.find({ where: { ownerId: req.userId }, take: 50 }));
});

app.get("/notes/:id", async (req, res) => {
  const note = await notes.findOneBy({ id: req.params.id }); // finds: missing-ownership
  res.json(note);
});

app.get("/notes/:id/mine", async (req, res) => {
  const note = await notes
    .createQueryBuilder("note")
    .where("note.id = :id", { id: req.params.id })
    .andWhere("note.ownerId = :owner", { owner: req.userId })
    .getOne();
  res.json(note);
});

app.get("/notes/:id/owner", async (req, res) => {
  const note = await notes.findOne({ where: { id: req.params.id, ownerId: req.userId }, relations: { owner: true } });
  res.json(note); // finds: data-exposure
});

app.patch("/me", async (req, res) => {
  await users.update({ id: req.userId }, req.body); // finds: mass-assignment
  res.status(204).end();
});

app.get("/search", async (req, res) => {
  // finds-next: sql-injection
  const found = await notes
    .createQueryBuilder("note")
    .where("note.ownerId = :owner", { owner: req.userId })
    .andWhere(`note.body LIKE '%${req.query.q}%'`)
    .getMany();
  res.json(found);
});

app.listen(3000);
