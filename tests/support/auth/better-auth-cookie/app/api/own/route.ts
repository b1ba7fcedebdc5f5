import { headers } from 'next/headers';
import { betterAuth } from 'better-auth';
import { Pool } from 'pg';

const pool = new Pool();
const auth = betterAuth({ database: pool });

export async function DELETE() {
  const session = await auth.api.getSession({ headers: await headers() });
  if (!session) return Response.json({ error: 'unauthorized' }, { status: 401 });
  await pool.query('DELETE FROM notes WHERE user_id = $1', [session.user.id]);
  return Response.json({ ok: true });
}
