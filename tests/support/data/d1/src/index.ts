// Cloudflare D1
// rules: missing-ownership, missing-authentication, sql-injection
import { Hono } from "hono";
import { jwt } from "hono/jwt";

type Env = { Bindings: { DB: D1Database; SECRET: string } };
const app = new Hono<Env>();

app.post("/ingest", async (c) => {
  const key = await c.env.DB.prepare("SELECT * FROM api_keys WHERE key = ?").bind(c.req.header("x-api-key")).first();
  if (!key) return c.json({ error: "Unknown key" }, 401);
  const { body } = await c.req.json();
  await c.env.DB.prepare("INSERT INTO notes (id, user_id, body) VALUES (?, ?, ?)").bind(crypto.randomUUID(), key.user_id, body).run();
  return c.json({ ok: true });
});

app.use("/notes/*", (c, next) => jwt({ secret: c.env.SECRET, alg: "HS256" })(c, next));

app.get("/notes/:id", async (c) => {
  // finds-next: missing-ownership
  const note = await c.env.DB.prepare("SELECT * FROM notes WHERE id = ?1").bind(c.req.param("id")).first();
  return note ? c.json(note) : c.json({ error: "Not found" }, 404);
});

app.get("/notes/:id/mine", async (c) => {
  const own = c.env.DB.prepare("SELECT * FROM notes WHERE id = ?1 AND user_id = ?2");
  const note = await own.bind(c.req.param("id"), c.get("jwtPayload").sub).first();
  return note ? c.json(note) : c.json({ error: "Not found" }, 404);
});

app.delete("/notes/:id", async (c) => {
  const id = c.req.param("id");
  await c.env.DB.batch([
    c.env.DB.prepare("DELETE FROM notes WHERE id = ?").bind(id), // finds: missing-ownership
  ]);
  return c.json({ ok: true });
});

app.get("/notes", async (c) => {
  // finds-next: sql-injection
  const { results } = await c.env.DB.prepare(
    `SELECT id, body FROM notes WHERE user_id = ? ORDER BY ${c.req.query("sort")}`,
  ).bind(c.get("jwtPayload").sub).all();
  return c.json(results);
});

export default app;
