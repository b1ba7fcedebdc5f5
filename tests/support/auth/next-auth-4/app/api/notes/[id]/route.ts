// NextAuth 4
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { getServerSession } from 'next-auth';
import { getToken } from 'next-auth/jwt';
import { NextResponse } from 'next/server';
import { authOptions } from '../../../../lib/auth';
import { pool } from '../../../../lib/db';

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await getServerSession(authOptions);
  if (!session?.user) return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  const { id } = await params;
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [id, session.user.id]);
  return NextResponse.json({ ok: true });
}

export async function GET(request: any, { params }: { params: Promise<{ id: string }> }) {
  const token = await getToken({ req: request });
  if (!token) return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  const { rows } = await pool.query('SELECT id, title FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, token.sub]);
  return NextResponse.json(rows[0]);
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await getServerSession(authOptions);
  console.log('edited by', session?.user?.email);
  const { id } = await params;
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [id]); // finds: unenforced-authentication
  return NextResponse.json({ ok: true });
}
