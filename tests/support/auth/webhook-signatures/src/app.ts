// Svix 1, Octokit webhooks 14, Paddle 3, Twilio 5, HMAC by hand
// rules: unverified-webhook
import crypto from "node:crypto";
import express from "express";
import twilio from "twilio";
import { Paddle } from "@paddle/paddle-node-sdk";
import { PrismaClient } from "@prisma/client";
import { Webhook } from "svix";
import { Webhooks } from "@octokit/webhooks";

const app = express();
const prisma = new PrismaClient();
const github = new Webhooks({ secret: process.env.GITHUB_SECRET! });
const paddle = new Paddle(process.env.PADDLE_KEY!);
const pay = (id: string) => prisma.order.update({ where: { id }, data: { status: "PAID" } });
app.use(express.text({ type: "*/*" }));

app.post("/webhooks/svix", async (req, res) => {
  const event = new Webhook(process.env.SVIX_SECRET!).verify(req.body, req.headers as Record<string, string>);
  await pay(event.data.id);
  res.end();
});

app.post("/webhooks/github", async (req, res) => {
  if (!(await github.verify(req.body, String(req.headers["x-hub-signature-256"])))) return res.status(401).end();
  await pay(JSON.parse(req.body).id);
  res.end();
});

app.post("/webhooks/github-untested", async (req, res) => {
  await github.verify(req.body, String(req.headers["x-hub-signature-256"]));
  await pay(JSON.parse(req.body).id); // finds: unverified-webhook
  res.end();
});

app.post("/webhooks/paddle", async (req, res) => {
  const event = await paddle.webhooks.unmarshal(req.body, process.env.PADDLE_SECRET!, String(req.headers["paddle-signature"]));
  await pay(event.data.id);
  res.end();
});

app.post("/webhooks/twilio", async (req, res) => {
  const given = String(req.headers["x-twilio-signature"]);
  if (!twilio.validateRequest(process.env.TWILIO_TOKEN!, given, "https://shop.example/webhooks/twilio", {})) return res.status(403).end();
  await pay(JSON.parse(req.body).id);
  res.end();
});

app.post("/webhooks/shop", async (req, res) => {
  const mine = crypto.createHmac("sha256", process.env.SHOP_SECRET!).update(req.body).digest("base64");
  const given = String(req.headers["x-shop-hmac-sha256"]);
  if (!crypto.timingSafeEqual(Buffer.from(mine), Buffer.from(given))) return res.status(401).end();
  await pay(JSON.parse(req.body).id);
  res.end();
});

app.post("/webhooks/plain", async (req, res) => {
  if (!req.headers["x-signature"]) return res.status(400).end();
  await pay(JSON.parse(req.body).id); // finds: unverified-webhook
  res.end();
});
