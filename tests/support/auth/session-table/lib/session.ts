import { sha256 } from '@oslojs/crypto/sha2';
import { encodeHexLowerCase } from '@oslojs/encoding';
import { pool } from './db';

export async function validateSessionToken(token: string) {
  const sessionId = encodeHexLowerCase(sha256(new TextEncoder().encode(token)));
  const { rows } = await pool.query(
    'SELECT sessions.id, sessions.user_id, sessions.expires_at FROM sessions WHERE sessions.id = $1',
    [sessionId],
  );
  const row = rows[0];
  if (!row) return { session: null, user: null };
  if (Date.now() >= row.expires_at.getTime()) {
    await pool.query('DELETE FROM sessions WHERE id = $1', [sessionId]);
    return { session: null, user: null };
  }
  return { session: { id: row.id, expiresAt: row.expires_at }, user: { id: row.user_id } };
}
