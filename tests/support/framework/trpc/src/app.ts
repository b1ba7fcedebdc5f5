// tRPC 10, 11 (routers of procedures behind an adapter)
// rules: missing-ownership, missing-authentication, unenforced-authentication, missing-validation
import { PrismaClient } from '@prisma/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import jwt from 'jsonwebtoken';
import { z } from 'zod';

const prisma = new PrismaClient();

async function createContext({ req }: { req: express.Request }) {
  const token = req.headers.authorization;
  const user = token ? (jwt.verify(token, process.env.JWT_SECRET!) as { sub: string }) : null;
  return { prisma, user };
}

const t = initTRPC.context<typeof createContext>().create();
const signedIn = t.procedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { ...ctx, user: ctx.user } });
});
const withNote = signedIn.input(z.object({ id: z.string() })).use(async ({ ctx, input, next }) => {
  const note = await ctx.prisma.note.findFirst({ where: { id: input.id, ownerId: ctx.user.sub } });
  if (!note) throw new TRPCError({ code: 'NOT_FOUND' });
  return next({ ctx: { note } });
});

const notes = t.router({
  mine: signedIn.query(({ ctx }) => ctx.prisma.note.findMany({ where: { ownerId: ctx.user.sub } })),
  byId: withNote.query(({ ctx }) => ctx.note),
  rename: withNote.input(z.object({ body: z.string() })).mutation(({ ctx, input }) =>
    ctx.prisma.note.update({ where: { id: ctx.note.id }, data: { body: input.body } }),
  ),
  remove: signedIn.input(z.object({ id: z.string() })).mutation(({ ctx, input }) =>
    ctx.prisma.note.delete({ where: { id: input.id } }), // finds: missing-ownership
  ),
  all: t.procedure.query(({ ctx }) => ctx.prisma.note.findMany({ take: 10 })), // finds: unenforced-authentication
});

const app = express();
app.use('/trpc', createExpressMiddleware({ router: t.router({ notes }), createContext }));
app.listen(3000);
