// Auth.js (NextAuth 5): auth() and its wrapper
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { NextResponse } from 'next/server';
import { auth } from '../../../../auth';
import { pool } from '../../../../lib/db';

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth();
  if (!session?.user?.id) return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  const { rows } = await pool.query('SELECT id, title FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, session.user.id]);
  return NextResponse.json(rows[0]);
}

export const DELETE = auth(async (req, ctx) => {
  if (!req.auth?.user) return NextResponse.json({ error: 'unauthorized' }, { status: 401 });
  const { id } = await ctx.params;
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [id, req.auth.user.id]);
  return NextResponse.json({ ok: true });
});

export const PATCH = auth(async (req, ctx) => {
  const { id } = await ctx.params;
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [id]); // finds: unenforced-authentication
  return NextResponse.json({ ok: true });
});
