import { prisma } from "../../lib/db";

export default async function handler(req, res) {
  if (req.method !== "POST") return res.status(405).end();
  await prisma.note.deleteMany({ where: { ownerId: String(req.body.ownerId) } }); // finds: missing-authentication
  res.status(204).end();
}
