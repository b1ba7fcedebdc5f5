// Arcjet for Node
// rules: missing-rate-limit
import express from "express";
import OpenAI from "openai";
import arcjet, { fixedWindow } from "@arcjet/node";

const aj = arcjet({ key: process.env.ARCJET_KEY!, rules: [fixedWindow({ mode: "LIVE", window: "1m", max: 10 })] });

const openai = new OpenAI();
const app = express();
app.use(express.json());

async function answer(req: express.Request, res: express.Response) {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: String(req.body.text) }] });
  res.json(done.choices[0].message);
}

app.post("/limited", async (req, res) => {
  const decision = await aj.protect(req);
  if (decision.isDenied()) return res.status(429).end();
  await answer(req, res);
});

app.post("/free", async (req, res) => {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
  res.json(done.choices[0].message);
});

app.listen(3000);
