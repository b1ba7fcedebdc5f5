// iron-session 8
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { cookies } from 'next/headers';
import { getIronSession } from 'iron-session';
import { Pool } from 'pg';

const pool = new Pool();
const options = { password: process.env.SESSION_PASSWORD!, cookieName: 'sid' };

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await getIronSession<{ userId?: string }>(await cookies(), options);
  if (!session.userId) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, session.userId]);
  return new Response(null, { status: 204 });
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await getIronSession<{ userId?: string }>(await cookies(), options);
  if (!session) return new Response('unauthorized', { status: 401 });
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: unenforced-authentication
  return new Response(null, { status: 204 });
}
