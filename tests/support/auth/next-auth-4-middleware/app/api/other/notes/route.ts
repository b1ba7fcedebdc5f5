import { Pool } from 'pg';

const pool = new Pool();

export async function DELETE(request: Request) {
  await pool.query("DELETE FROM notes WHERE title = 'old'"); // finds: missing-authentication
  return Response.json({ ok: true });
}
