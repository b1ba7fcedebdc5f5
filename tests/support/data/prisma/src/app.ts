// Prisma 5 to 7 (client calls, transactions, raw queries)
// rules: missing-ownership, missing-authentication, sql-injection, mass-assignment, data-exposure
import express from "express";
import jwt from "jsonwebtoken";
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

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
  res.json(await prisma.note.findMany({ where: { ownerId: req.userId }, take: 50 }));
});

app.get("/notes/:id", async (req, res) => {
  const note = await prisma.note.findUnique({ where: { id: req.params.id } }); // finds: missing-ownership
  res.json(note);
});

app.get("/notes/:id/mine", async (req, res) => {
  const note = await prisma.note.findFirst({ where: { id: req.params.id, owner: { id: req.userId } } });
  if (!note) return res.status(404).end();
  res.json(note);
});

app.get("/notes/:id/owner", async (req, res) => {
  const note = await prisma.note.findFirst({ where: { id: req.params.id, ownerId: req.userId }, include: { owner: true } });
  res.json(note); // finds: data-exposure
});

app.patch("/me", async (req, res) => {
  const user = await prisma.user.update({ where: { id: req.userId }, data: req.body, select: { id: true } }); // finds: mass-assignment
  res.json(user);
});

app.delete("/notes/:id", async (req, res) => {
  await prisma.$transaction(async (tx) => {
    const note = await tx.note.findUniqueOrThrow({ where: { id: req.params.id } });
    if (note.ownerId !== req.userId) throw new Error("Not found");
    await tx.note.delete({ where: { id: note.id } });
  });
  res.status(204).end();
});

app.get("/report", async (req, res) => {
  const bound = await prisma.$queryRaw`SELECT id FROM "Note" WHERE "ownerId" = ${req.userId}`;
  const open = await prisma.$queryRawUnsafe(`SELECT id FROM "Note" WHERE "ownerId" = $1 ORDER BY ${req.query.sort}`, req.userId); // finds: sql-injection
  res.json([bound, open]);
});

app.listen(3000);
