// Auth0 for Next.js 4
// rules: missing-authentication, missing-ownership, unenforced-authentication
import { auth0 } from '../../../../lib/auth0';
import { pool } from '../../../../lib/db';

export async function DELETE(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const session = await auth0.getSession();
  if (!session) return new Response('unauthorized', { status: 401 });
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [(await params).id, session.user.sub]);
  return new Response(null, { status: 204 });
}

export const PUT = auth0.withApiAuthRequired(async (request: Request, { params }: any) => {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: missing-ownership
  return new Response(null, { status: 204 });
});

export async function PATCH(request: Request, { params }: { params: Promise<{ id: string }> }) {
  await pool.query("UPDATE notes SET title = 'x' WHERE id = $1", [(await params).id]); // finds: missing-authentication
  return new Response(null, { status: 204 });
}
