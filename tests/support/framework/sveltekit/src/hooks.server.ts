import jwt from "jsonwebtoken";

export async function handle({ event, resolve }) {
  const token = event.cookies.get("token");
  event.locals.userId = token ? (jwt.verify(token, process.env.JWT_SECRET!) as { sub: string }).sub : null;
  return resolve(event);
}
