// Hono JWT helper, its tokens 4
// rules: weak-token-verification, client-supplied-identity, missing-authentication
import { Hono } from "hono";
import { decode, jwt, sign } from "hono/jwt";
import { PrismaClient } from "@prisma/client";

const app = new Hono<{ Bindings: { JWT_SECRET: string } }>();
const prisma = new PrismaClient();

app.get("/forged", async (c) => {
  const { payload } = decode(c.req.header("authorization") ?? ""); // finds: weak-token-verification
  return c.json(await prisma.note.findMany({ where: { userId: String(payload.sub) }, take: 50 }));
});

app.post("/sign-in", async (c) => {
  const { email } = await c.req.json();
  const user = await prisma.user.findUnique({ where: { email: String(email) }, select: { id: true } });
  if (!user) return c.json({ error: "unknown" }, 401);
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return c.json({ token: await sign({ sub: user.id, exp }, c.env.JWT_SECRET) });
});

app.use("/notes", (c, next) => jwt({ secret: c.env.JWT_SECRET })(c, next));
app.get("/notes", async (c) => c.json(await prisma.note.findMany({ where: { userId: c.get("jwtPayload").sub }, take: 50 })));

export default app;
