import jwt from "jsonwebtoken";
import { prisma } from "../../../lib/db";

export default async function handler(req, res) {
  if (!req.headers.authorization) return res.status(401).end();
  const { sub } = jwt.verify(req.headers.authorization, process.env.JWT_SECRET!) as { sub: string };
  res.json(await prisma.note.findMany({ where: { ownerId: sub }, take: 50 }));
}
