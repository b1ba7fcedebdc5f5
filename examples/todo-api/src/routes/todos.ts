import { Router } from "express";
import { prisma } from "../lib/prisma";
import type { AuthedRequest } from "../middleware/auth";

export const todosRouter = Router();

todosRouter.get("/", async (req: AuthedRequest, res) => {
  const todos = await prisma.todo.findMany({
    where: { userId: req.userId },
    orderBy: { createdAt: "desc" },
    take: 100,
  });
  res.json(todos);
});

todosRouter.get("/:id", async (req: AuthedRequest, res) => {
  const todo = await prisma.todo.findUnique({ where: { id: req.params.id } });
  if (!todo) return res.status(404).json({ error: "Not found" });
  res.json(todo);
});

todosRouter.post("/", async (req: AuthedRequest, res) => {
  const { title } = req.body;
  const todo = await prisma.todo.create({ data: { title, userId: req.userId! } });
  res.status(201).json(todo);
});

todosRouter.patch("/:id", async (req: AuthedRequest, res) => {
  const { userId, title, done } = req.body;
  const result = await prisma.todo.updateMany({
    where: { id: req.params.id, userId },
    data: { title: String(title), done: Boolean(done) },
  });
  res.json({ updated: result.count });
});

todosRouter.delete("/:id", async (req: AuthedRequest, res) => {
  const { count } = await prisma.todo.deleteMany({ where: { id: req.params.id, userId: req.userId } });
  if (count === 0) return res.status(404).json({ error: "Not found" });
  res.status(204).end();
});
