// Supabase Auth: getUser, getClaims, getSession
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { Pool } from 'pg';
import { serverClient } from '../../../../lib/supabase';

const pool = new Pool();

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const supabase = await serverClient();
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, user.id]);
  return new Response(null, { status: 204 });
}

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const supabase = await serverClient();
  const { data, error } = await supabase.auth.getClaims();
  if (error || !data) return new Response('unauthorized', { status: 401 });
  const { rows } = await pool.query('SELECT id FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, data.claims.sub]);
  return Response.json(rows);
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const supabase = await serverClient();
  const { data: { user } } = await supabase.auth.getUser();
  console.log('edited by', user?.id);
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: unenforced-authentication
  return new Response(null, { status: 204 });
}
