// SvelteKit 2 (`+server` files, hooks, `error`)
// rules: missing-authentication, unenforced-authentication, missing-ownership
import { error, json } from "@sveltejs/kit";
import { prisma } from "$lib/db";

export async function GET({ params, locals }) {
  if (!locals.userId) error(401);
  return json(await prisma.note.findFirst({ where: { id: params.id, ownerId: locals.userId } }));
}

export async function PUT({ params, locals }) {
  if (!locals.userId) error(401);
  const note = await prisma.note.findUnique({ where: { id: params.id } }); // finds: missing-ownership
  return json(note);
}

export async function DELETE({ params }) {
  await prisma.note.delete({ where: { id: params.id } }); // finds: unenforced-authentication
  return new Response(null, { status: 204 });
}
