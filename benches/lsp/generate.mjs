// Writes an Express + Prisma project whose one route file has about N lines, some of its routes with flaws.
// usage: node generate.mjs LINES FOLDER
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [lines, folder] = [Number(process.argv[2]), process.argv[3]];
const head = `import { Router } from "express";
import { prisma } from "../lib/prisma";
import { requireAuth } from "../middleware/auth";

export const router = Router();
router.use(requireAuth);

`;
const good = (n) => `router.get("/items${n}/:id", async (req, res) => {
  const item = await prisma.todo.findFirst({ where: { id: req.params.id, userId: req.userId } });
  if (!item) {
    return res.status(404).json({ error: "Not found" });
  }
  const label = item.title.trim().toUpperCase();
  const tags = [label, "item${n}", String(item.done)].filter((tag) => tag.length > 0);
  res.json({ id: item.id, title: item.title, tags });
});

`;
const update = (n) => `router.patch("/items${n}/:id", async (req, res) => {
  const title = String(req.body.title ?? "").slice(0, 200);
  const done = Boolean(req.body.done);
  const { count } = await prisma.todo.updateMany({
    where: { id: req.params.id, userId: req.userId },
    data: { title, done },
  });
  if (count === 0) return res.status(404).json({ error: "Not found" });
  res.json({ ok: true });
});

`;
const bad = (n) => `router.get("/open${n}/:id", async (req, res) => {
  const item = await prisma.todo.findUnique({ where: { id: req.params.id } });
  if (!item) return res.status(404).json({ error: "Not found" });
  res.json(item);
});

`;
let text = head;
for (let n = 0; text.split("\n").length < lines; n += 1) {
  text += n % 8 === 7 ? bad(n) : n % 2 === 0 ? good(n) : update(n);
}
const files = {
  "package.json": `{ "name": "typing", "private": true, "dependencies": { "express": "^5.1.0", "@prisma/client": "^6.0.0", "jsonwebtoken": "^9.0.0" } }\n`,
  "prisma/schema.prisma": `model User {
  id    String @id @default(cuid())
  email String @unique
  todos Todo[]
}

model Todo {
  id     String  @id @default(cuid())
  title  String
  done   Boolean @default(false)
  userId String
  user   User    @relation(fields: [userId], references: [id])
}
`,
  "src/lib/prisma.ts": `import { PrismaClient } from "@prisma/client";\n\nexport const prisma = new PrismaClient();\n`,
  "src/middleware/auth.ts": `import jwt from "jsonwebtoken";

export function requireAuth(req, res, next) {
  const token = req.headers.authorization?.replace("Bearer ", "");
  if (!token) return res.status(401).json({ error: "Not signed in" });
  try {
    req.userId = jwt.verify(token, process.env.JWT_SECRET!).userId;
    next();
  } catch {
    return res.status(401).json({ error: "Not signed in" });
  }
}
`,
  "src/index.ts": `import express from "express";
import { router } from "./routes/items";

const app = express();
app.use(express.json());
app.use("/api", router);
app.listen(3000);
`,
  "src/routes/items.ts": text,
};
for (const [path, content] of Object.entries(files)) {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
}
