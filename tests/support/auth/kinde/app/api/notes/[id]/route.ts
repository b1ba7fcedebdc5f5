// Kinde for Next.js 2
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { getKindeServerSession } from '@kinde-oss/kinde-auth-nextjs/server';
import { Pool } from 'pg';

const pool = new Pool();

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { getUser } = getKindeServerSession();
  const user = await getUser();
  if (!user) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, user.id]);
  return new Response(null, { status: 204 });
}

export async function PUT(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { isAuthenticated } = getKindeServerSession();
  if (!(await isAuthenticated())) return new Response('unauthorized', { status: 401 });
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: missing-ownership
  return new Response(null, { status: 204 });
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { isAuthenticated } = getKindeServerSession();
  if (!isAuthenticated()) return new Response('unauthorized', { status: 401 }); // finds: unenforced-authentication
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]);
  return new Response(null, { status: 204 });
}
