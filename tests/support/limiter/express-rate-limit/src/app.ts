// express-rate-limit 5 to 8
// rules: missing-rate-limit
import express from "express";
import OpenAI from "openai";
import { rateLimit } from "express-rate-limit";

const openai = new OpenAI();
const app = express();
app.use(express.json());

async function answer(req: express.Request, res: express.Response) {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: String(req.body.text) }] });
  res.json(done.choices[0].message);
}

app.post("/limited", rateLimit({ windowMs: 60_000, limit: 10 }), answer);

app.post("/free", async (req, res) => {
  const done = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
  res.json(done.choices[0].message);
});

app.listen(3000);
