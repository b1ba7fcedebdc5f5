// Stack Auth 2
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { StackServerApp } from '@stackframe/stack';
import { Pool } from 'pg';

const pool = new Pool();
const stack = new StackServerApp({ tokenStore: 'nextjs-cookie' });

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const user = await stack.getUser();
  if (!user) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, user.id]);
  return new Response(null, { status: 204 });
}

export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const user = await stack.getUser({ or: 'throw' });
  const { rows } = await pool.query('SELECT id FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, user.id]);
  return Response.json(rows);
}

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const user = await stack.getUser({ or: 'anonymous' });
  console.log(user.id);
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: unenforced-authentication
  return new Response(null, { status: 204 });
}
