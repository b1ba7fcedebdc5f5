// rate-limiter-flexible
// rules: missing-rate-limit
import express from "express";
import OpenAI from "openai";
import { RateLimiterMemory } from "rate-limiter-flexible";

const limiter = new RateLimiterMemory({ points: 10, duration: 60 });

const openai = new OpenAI();
const app = express();
app.use(express.json());

async function answer(req: express.Request, res: express.Response) {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: String(req.body.text) }] });
  res.json(done.choices[0].message);
}

app.post("/limited", async (req, res) => {
  try {
    await limiter.consume(req.ip!);
  } catch {
    return res.status(429).end();
  }
  await answer(req, res);
});

app.post("/free", async (req, res) => {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
  res.json(done.choices[0].message);
});

app.listen(3000);
