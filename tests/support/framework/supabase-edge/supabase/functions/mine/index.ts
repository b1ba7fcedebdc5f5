import { createClient } from "jsr:@supabase/supabase-js@2";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", ""));
  if (!user) return new Response("Unauthorized", { status: 401 });
  const { data } = await admin.from("notes").select("id, body").eq("user_id", user.id).limit(50);
  return Response.json(data);
});
