// Clerk: protect with a role, has(), and a protect that nobody awaits
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { auth } from '@clerk/nextjs/server';
import { Pool } from 'pg';

const pool = new Pool();

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  await auth.protect({ role: 'org:admin' });
  await pool.query('DELETE FROM notes WHERE id = $1', [(await params).id]);
  return new Response(null, { status: 204 });
}

export async function PUT(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const { userId, has } = await auth();
  if (!userId || !has({ permission: 'org:notes:manage' })) return new Response('forbidden', { status: 403 });
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]);
  return new Response(null, { status: 204 });
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  auth.protect();
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: unenforced-authentication
  return new Response(null, { status: 204 });
}
