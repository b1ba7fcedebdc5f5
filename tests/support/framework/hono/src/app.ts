// Hono 4 (middleware by path, variables of the context, mounted routers)
// rules: missing-authentication, missing-ownership
import { PrismaClient } from "@prisma/client";
import { Hono } from "hono";
import { jwt } from "hono/jwt";

const prisma = new PrismaClient();
const notes = new Hono()
  .get("/", async (c) => c.json(await prisma.note.findMany({ where: { ownerId: c.get("userId") }, take: 50 })))
  .get("/:id", async (c) => {
    const note = await prisma.note.findUnique({ where: { id: c.req.param("id") } }); // finds: missing-ownership
    return c.json(note);
  });

const app = new Hono();
app.delete("/open/:id", async (c) => {
  await prisma.note.delete({ where: { id: c.req.param("id") } }); // finds: missing-authentication
  return c.body(null, 204);
});
app.use("/notes/*", jwt({ secret: process.env.JWT_SECRET!, alg: "HS256" }), async (c, next) => {
  c.set("userId", c.get("jwtPayload").sub);
  await next();
});
app.route("/notes", notes);

export default app;
