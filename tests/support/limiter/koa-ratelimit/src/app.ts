// koa-ratelimit 5, 6
// rules: missing-rate-limit
import Router from "@koa/router";
import Koa from "koa";
import ratelimit from "koa-ratelimit";
import OpenAI from "openai";

const openai = new OpenAI();
const app = new Koa();
const router = new Router();

router.post("/limited", ratelimit({ driver: "memory", db: new Map(), duration: 60000, max: 10 }), async (ctx) => {
  ctx.body = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] });
});

router.post("/free", async (ctx) => {
  ctx.body = await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] }); // finds: missing-rate-limit
});

app.use(router.routes());
app.listen(3000);
