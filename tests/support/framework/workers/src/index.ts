// Cloudflare Workers (the `fetch` handler, paths told apart in it)
// rules: missing-authentication, missing-ownership
import jwt from "jsonwebtoken";

export default {
  async fetch(request: Request, env: { DB: D1Database; JWT_SECRET: string }) {
    const url = new URL(request.url);
    if (url.pathname === "/wipe" && request.method === "POST") {
      await env.DB.prepare("DELETE FROM notes").run(); // finds: missing-authentication
      return new Response(null, { status: 204 });
    }
    const token = request.headers.get("authorization");
    if (!token) return new Response("Unauthorized", { status: 401 });
    const { sub } = jwt.verify(token, env.JWT_SECRET) as { sub: string };
    if (url.pathname === "/notes" && request.method === "GET") {
      const { results } = await env.DB.prepare("SELECT * FROM notes WHERE user_id = ? LIMIT 50").bind(sub).all();
      return Response.json(results);
    }
    if (url.pathname === "/note") {
      // finds-next: missing-ownership
      const note = await env.DB.prepare("SELECT * FROM notes WHERE id = ?").bind(url.searchParams.get("id")).first();
      return Response.json(note);
    }
    return new Response("Not found", { status: 404 });
  },
};
