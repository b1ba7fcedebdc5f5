// Remix 2, React Router 7 (loaders and actions)
// rules: missing-authentication, missing-ownership
import type { ActionFunctionArgs, LoaderFunctionArgs } from "react-router";
import { prisma, requireUserId } from "../session.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const userId = await requireUserId(request);
  const note = await prisma.note.findFirst({ where: { id: params.id, ownerId: userId } });
  if (!note) throw new Response("Not found", { status: 404 });
  return { note };
}

export async function action({ request, params }: ActionFunctionArgs) {
  await requireUserId(request);
  await prisma.note.delete({ where: { id: params.id } }); // finds: missing-ownership
  return null;
}
