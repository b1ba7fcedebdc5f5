// Next.js 13 to 16, App Router (route files, promised `params`, wrappers)
// rules: missing-authentication, missing-ownership
import { prisma } from "@/lib/db";
import { withUser } from "@/lib/auth";

type Context = { params: Promise<{ id: string }> };

export const GET = withUser(async (_request: Request, { params }: Context, userId: string) => {
  const { id } = await params;
  const note = await prisma.note.findFirst({ where: { id, ownerId: userId } });
  return note ? Response.json(note) : Response.json({ error: "Not found" }, { status: 404 });
});

export const PATCH = withUser(async (_request: Request, { params }: Context) => {
  const { id } = await params;
  const note = await prisma.note.findUnique({ where: { id } }); // finds: missing-ownership
  return Response.json(note);
});

export async function DELETE(_request: Request, { params }: Context) {
  await prisma.note.delete({ where: { id: (await params).id } }); // finds: missing-authentication
  return new Response(null, { status: 204 });
}
