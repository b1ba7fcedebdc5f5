import { pool } from '../../../lib/db';

export async function DELETE(request: Request) {
  await pool.query("DELETE FROM notes WHERE title = 'old'");
  return Response.json({ ok: true });
}
