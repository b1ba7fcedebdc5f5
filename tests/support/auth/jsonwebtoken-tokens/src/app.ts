// jsonwebtoken, its tokens 9
// rules: weak-token-verification, client-supplied-identity, missing-authentication
import express from "express";
import jwt from "jsonwebtoken";
import { PrismaClient } from "@prisma/client";

const app = express();
const prisma = new PrismaClient();
const token = (req: express.Request) => req.headers.authorization?.slice(7) ?? "";

app.get("/notes", async (req, res) => {
  const claims = jwt.verify(token(req), process.env.JWT_SECRET!, { algorithms: ["HS256"] });
  res.json(await prisma.note.findMany({ where: { userId: claims.sub }, take: 50 }));
});

app.get("/forged/notes", async (req, res) => {
  const claims = jwt.decode(token(req)); // finds: weak-token-verification
  res.json(await prisma.note.findMany({ where: { userId: claims.sub }, take: 50 }));
});

app.get("/old/notes", async (req, res) => {
  const claims = jwt.verify(token(req), process.env.JWT_SECRET!, { ignoreExpiration: true }); // finds: weak-token-verification
  res.json(await prisma.note.findMany({ where: { userId: claims.sub }, take: 50 }));
});

app.get("/unsigned/notes", async (req, res) => {
  const claims = jwt.verify(token(req), process.env.JWT_SECRET!, { algorithms: ["HS256", "none"] }); // finds: weak-token-verification
  res.json(await prisma.note.findMany({ where: { userId: claims.sub }, take: 50 }));
});

app.post("/sign-in", async (req, res) => {
  const user = await prisma.user.findUnique({ where: { email: String(req.body.email) }, select: { id: true } });
  if (!user) return res.status(401).end();
  const session = jwt.sign({ sub: user.id }, process.env.JWT_SECRET!, { expiresIn: "1h" });
  const forever = jwt.sign({ sub: user.id }, process.env.JWT_SECRET!); // finds: weak-token-verification
  res.json({ session, forever });
});
