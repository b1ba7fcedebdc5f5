import jwt from "jsonwebtoken";

export function withUser(handler) {
  return async (request: Request, context) => {
    const token = request.headers.get("authorization");
    if (!token) return Response.json({ error: "Unauthorized" }, { status: 401 });
    const { sub } = jwt.verify(token, process.env.JWT_SECRET!) as { sub: string };
    return handler(request, context, sub);
  };
}
