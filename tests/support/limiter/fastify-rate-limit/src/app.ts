// @fastify/rate-limit 7 to 10
// rules: missing-rate-limit
import rateLimit from "@fastify/rate-limit";
import Fastify from "fastify";
import OpenAI from "openai";

const openai = new OpenAI();
const app = Fastify();
await app.register(rateLimit, { max: 100, timeWindow: "1 minute" });

app.post("/limited", async () => openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }));

app.post("/off", { config: { rateLimit: false } }, async () => {
  return openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
});

await app.listen({ port: 3000 });
