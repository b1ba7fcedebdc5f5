// Own sessions: a hashed cookie looked up in a table
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { cookies } from 'next/headers';
import { validateSessionToken } from '../../../../lib/session';
import { pool } from '../../../../lib/db';

async function currentSession() {
  const token = (await cookies()).get('session')?.value ?? null;
  if (token === null) return { session: null, user: null };
  return validateSessionToken(token);
}

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { user } = await currentSession();
  if (user === null) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, user.id]);
  return new Response(null, { status: 204 });
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { user } = await currentSession();
  console.log('edited by', user?.id);
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: missing-authentication
  return new Response(null, { status: 204 });
}
