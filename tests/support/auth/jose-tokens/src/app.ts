// jose, its tokens 6
// rules: weak-token-verification, client-supplied-identity, missing-authentication
import express from "express";
import { decodeJwt, jwtVerify } from "jose";
import { PrismaClient } from "@prisma/client";

const app = express();
const prisma = new PrismaClient();
const secret = new TextEncoder().encode(process.env.JWT_SECRET);
const weak = new TextEncoder().encode(process.env.JWT_SECRET ?? "change-me"); // finds: weak-token-verification
const token = (req: express.Request) => req.headers.authorization?.slice(7) ?? "";

app.get("/notes", async (req, res) => {
  const { payload } = await jwtVerify(token(req), secret);
  res.json(await prisma.note.findMany({ where: { userId: payload.sub }, take: 50 }));
});

app.get("/weak/notes", async (req, res) => {
  const { payload } = await jwtVerify(token(req), weak);
  res.json(await prisma.note.findMany({ where: { userId: payload.sub }, take: 50 }));
});

app.get("/forged/notes", async (req, res) => {
  const claims = decodeJwt(token(req)); // finds: weak-token-verification
  res.json(await prisma.note.findMany({ where: { userId: claims.sub }, take: 50 }));
});
