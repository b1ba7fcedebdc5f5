import { PrismaClient } from "@prisma/client";
import { Router } from "express";
import { wrap } from "./auth";

const prisma = new PrismaClient();
export const notes = Router();

export const own = Router();

own.get("/", wrap(async (req, res) => {
  res.json(await prisma.note.findMany({ where: { ownerId: req.userId }, take: 50 }));
}));

notes.delete("/:id", wrap(async (req, res) => {
  // Mounted twice: behind the guard, and in front of it.
  await prisma.note.delete({ where: { id: req.params.id } }); // finds: missing-authentication, missing-ownership
  res.status(204).end();
}));
