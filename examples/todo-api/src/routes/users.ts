import bcrypt from "bcryptjs";
import { Router } from "express";
import { prisma } from "../lib/prisma";
import { requireAuth, type AuthedRequest } from "../middleware/auth";

export const usersRouter = Router();

// Sign-up: whatever the client sends becomes the user.
usersRouter.post("/", async (req, res) => {
  const { password, ...profile } = req.body;
  const user = await prisma.user.create({
    data: { ...profile, passwordHash: await bcrypt.hash(password, 10) },
    select: { id: true, email: true },
  });
  res.status(201).json(user);
});

// All users, with everything that the table holds.
usersRouter.get("/", requireAuth, async (_req, res) => {
  const users = await prisma.user.findMany();
  res.json(users);
});

usersRouter.get("/me", requireAuth, async (req: AuthedRequest, res) => {
  const user = await prisma.user.findUnique({
    where: { id: req.userId },
    select: { id: true, email: true, name: true, credits: true },
  });
  res.json(user);
});
