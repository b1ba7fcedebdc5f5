// Lucia 3
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { cookies } from 'next/headers';
import { Lucia } from 'lucia';
import { Pool } from 'pg';

const pool = new Pool();
const lucia = new Lucia({} as any, { sessionCookie: { attributes: { secure: true } } });

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const sessionId = (await cookies()).get(lucia.sessionCookieName)?.value ?? '';
  const { session, user } = await lucia.validateSession(sessionId);
  if (!session) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, user.id]);
  return new Response(null, { status: 204 });
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const result = await lucia.validateSession((await cookies()).get('auth_session')?.value ?? '');
  if (!result) return new Response('unauthorized', { status: 401 });
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: unenforced-authentication
  return new Response(null, { status: 204 });
}
