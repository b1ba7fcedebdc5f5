// Supabase edge functions, Deno.serve
// rules: missing-authentication, missing-ownership, privileged-client
import { createClient } from "jsr:@supabase/supabase-js@2";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", ""));
  if (!user) return new Response("Unauthorized", { status: 401 });
  const { id } = await req.json();
  const { data } = await admin.from("notes").select("*").eq("id", id).single(); // finds: missing-ownership
  return Response.json(data);
});
