// hono-rate-limiter
// rules: missing-rate-limit
import { Hono } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import OpenAI from "openai";

const openai = new OpenAI();
const app = new Hono();
app.use("/limited/*", rateLimiter({ windowMs: 60_000, limit: 10, keyGenerator: (c) => c.req.header("cf-connecting-ip") ?? "" }));

app.post("/limited/ask", async (c) => c.json(await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] })));

app.post("/free", async (c) => {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
  return c.json(done);
});

export default app;
