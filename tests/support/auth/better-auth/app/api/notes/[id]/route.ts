// better-auth 1
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { headers } from 'next/headers';
import { auth } from '../../../../lib/auth';
import { pool } from '../../../../lib/db';

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth.api.getSession({ headers: await headers() });
  if (!session) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, session.user.id]);
  return new Response(null, { status: 204 });
}

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth.api.getSession({ headers: request.headers });
  if (!session?.user) return new Response('unauthorized', { status: 401 });
  const { rows } = await pool.query('SELECT id, title FROM notes WHERE id = $1', [(await params).id]); // finds: missing-ownership
  return Response.json(rows[0]);
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth.api.getSession({ headers: request.headers, asResponse: true });
  if (!session) return new Response('unauthorized', { status: 401 });
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: missing-authentication
  return new Response(null, { status: 204 });
}
