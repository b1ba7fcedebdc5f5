import { PrismaClient } from "@prisma/client";
import { createCookieSessionStorage, redirect } from "react-router";

export const prisma = new PrismaClient();
const storage = createCookieSessionStorage({ cookie: { name: "session", secrets: [process.env.SESSION_SECRET!] } });

export async function requireUserId(request: Request) {
  const session = await storage.getSession(request.headers.get("Cookie"));
  const userId = session.get("userId");
  if (!userId) throw redirect("/login");
  return userId as string;
}
