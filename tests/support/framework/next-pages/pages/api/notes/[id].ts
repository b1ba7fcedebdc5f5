// Next.js, pages API (one handler for all methods)
// rules: missing-authentication, missing-ownership
import jwt from "jsonwebtoken";
import type { NextApiRequest, NextApiResponse } from "next";
import { prisma } from "../../../lib/db";

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const id = String(req.query.id);
  const token = req.headers.authorization;
  if (!token) return res.status(401).end();
  const { sub } = jwt.verify(token, process.env.JWT_SECRET!) as { sub: string };
  if (req.method === "PUT") {
    const note = await prisma.note.update({ where: { id }, data: { body: "" } }); // finds: missing-ownership
    return res.json(note);
  }
  if (req.method === "GET") return res.json(await prisma.note.findFirst({ where: { id, ownerId: sub } }));
  res.status(405).end();
}
