import bcrypt from "bcryptjs";
import { Router } from "express";
import jwt from "jsonwebtoken";
import { z } from "zod";
import { prisma } from "../lib/prisma";

export const authRouter = Router();

const Credentials = z.object({
  email: z.string().email(),
  password: z.string().min(8).max(128),
});

authRouter.post("/login", async (req, res) => {
  const parsed = Credentials.safeParse(req.body);
  if (!parsed.success) return res.status(400).json({ error: "Invalid request" });

  const user = await prisma.user.findUnique({ where: { email: parsed.data.email } });
  if (!user || !(await bcrypt.compare(parsed.data.password, user.passwordHash))) {
    return res.status(401).json({ error: "Wrong email or password" });
  }

  res.json({ token: jwt.sign({ userId: user.id }, process.env.JWT_SECRET!, { expiresIn: "1d" }) });
});
