// @upstash/ratelimit 2
// rules: missing-rate-limit
import express from "express";
import OpenAI from "openai";
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis";

const limiter = new Ratelimit({ redis: Redis.fromEnv(), limiter: Ratelimit.slidingWindow(10, "1 m") });

const openai = new OpenAI();
const app = express();
app.use(express.json());

async function answer(req: express.Request, res: express.Response) {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: String(req.body.text) }] });
  res.json(done.choices[0].message);
}

app.post("/limited", async (req, res) => {
  const { success } = await limiter.limit(req.ip!);
  if (!success) return res.status(429).end();
  await answer(req, res);
});

app.post("/unread", async (req, res) => {
  await limiter.limit(req.ip!);
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
  res.json(done.choices[0].message);
});

app.post("/free", async (req, res) => {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
  res.json(done.choices[0].message);
});

app.listen(3000);
