import { Router } from "express";
import { prisma } from "../lib/prisma";
import type { AuthedRequest } from "../middleware/auth";

export const listsRouter = Router();

listsRouter.get("/", async (req: AuthedRequest, res) => {
  const lists = await prisma.list.findMany({ where: { ownerId: req.userId }, take: 100 });
  res.json(lists);
});

// The list's own check is right; the todo in it is free.
listsRouter.delete("/:listId/todos/:todoId", async (req: AuthedRequest, res) => {
  const list = await prisma.list.findUnique({ where: { id: req.params.listId } });
  if (!list || list.ownerId !== req.userId) return res.status(404).json({ error: "Not found" });

  await prisma.todo.delete({ where: { id: req.params.todoId } });
  res.status(204).end();
});
