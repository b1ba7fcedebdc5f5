// supabase-js 2 (the user's client, the service role, policies of migrations)
// rules: missing-ownership, missing-authentication, privileged-client
import { admin, asUser } from "@/lib/clients";

type Context = { params: Promise<{ id: string }> };

// The policy of the table ties the row.
export async function GET(_request: Request, { params }: Context) {
  const supabase = await asUser();
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { data } = await supabase.from("notes").select("id, body").eq("id", (await params).id).single();
  return Response.json(data);
}

export async function PUT(_request: Request, { params }: Context) {
  const supabase = await asUser();
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  const { data } = await admin.from("notes").select("id, body").eq("id", (await params).id).eq("user_id", user.id).single();
  return Response.json(data);
}

export async function DELETE(_request: Request, { params }: Context) {
  const supabase = await asUser();
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) return Response.json({ error: "Unauthorized" }, { status: 401 });
  // finds-next: missing-ownership
  await admin.from("notes").delete().eq("id", (await params).id);
  return new Response(null, { status: 204 });
}
