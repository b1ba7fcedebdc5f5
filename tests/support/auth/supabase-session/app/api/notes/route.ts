// Supabase Auth on the server (@supabase/ssr 0.5)
// rules: weak-token-verification, missing-authentication, client-supplied-identity
import { cookies } from "next/headers";
import { createServerClient } from "@supabase/ssr";
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();
const client = async () => {
  const store = await cookies();
  return createServerClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!, {
    cookies: { getAll: () => store.getAll(), setAll: () => {} },
  });
};

export async function GET() {
  const supabase = await client();
  const { data: { session } } = await supabase.auth.getSession(); // finds: weak-token-verification
  if (!session) return new Response(null, { status: 401 });
  return Response.json(await prisma.note.findMany({ where: { userId: session.user.id }, take: 50 }));
}

export async function POST(request: Request) {
  const supabase = await client();
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) return new Response(null, { status: 401 });
  const { text } = await request.json();
  return Response.json(await prisma.note.create({ data: { text: String(text), userId: user.id }, select: { id: true } }));
}
