// Stripe webhooks 18
// rules: unverified-webhook
import express from "express";
import Stripe from "stripe";
import { PrismaClient } from "@prisma/client";

const app = express();
const prisma = new PrismaClient();
const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);
app.use(express.raw({ type: "application/json" }));

app.post("/webhooks/stripe", async (req, res) => {
  let event: Stripe.Event;
  try {
    event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"]!, process.env.STRIPE_WEBHOOK_SECRET!);
  } catch {
    return res.status(400).end();
  }
  await prisma.order.update({ where: { id: event.data.object.metadata.order }, data: { status: "PAID" } });
  res.end();
});

app.post("/webhooks/stripe-logged", async (req, res) => {
  try {
    stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"]!, process.env.STRIPE_WEBHOOK_SECRET!);
  } catch (error) {
    console.error(error);
  }
  const event = JSON.parse(req.body);
  await prisma.order.update({ where: { id: event.data.object.metadata.order }, data: { status: "PAID" } }); // finds: unverified-webhook
  res.end();
});

app.post("/webhooks/stripe-plain", async (req, res) => {
  const event = JSON.parse(req.body);
  await prisma.order.update({ where: { id: event.data.object.metadata.order }, data: { status: "PAID" } }); // finds: unverified-webhook
  res.end();
});
