// Clerk for Next.js: auth(), auth.protect(), currentUser()
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { auth, currentUser } from '@clerk/nextjs/server';
import { pool } from '../../../../lib/db';

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { userId } = await auth();
  if (!userId) return new Response('unauthorized', { status: 401 });
  const { rows } = await pool.query('SELECT id, title FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, userId]);
  return Response.json(rows[0]);
}

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { userId } = await auth.protect();
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, userId]);
  return new Response(null, { status: 204 });
}

export async function PUT(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const user = await currentUser();
  if (!user) return new Response('unauthorized', { status: 401 });
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: missing-ownership
  return new Response(null, { status: 204 });
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth();
  if (!session) return new Response('unauthorized', { status: 401 });
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: unenforced-authentication
  return new Response(null, { status: 204 });
}
