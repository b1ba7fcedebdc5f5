// hono/bearer-auth and hono/basic-auth, Hono 4
// rules: missing-authentication
import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { bearerAuth } from 'hono/bearer-auth';
import { Pool } from 'pg';

const app = new Hono();
const pool = new Pool();
app.use('/jobs/*', bearerAuth({ token: process.env.JOB_TOKEN! }));
app.use('/admin/*', basicAuth({ username: 'ops', password: process.env.OPS_PASSWORD! }));

app.delete('/jobs/old', async (c) => {
  await pool.query("DELETE FROM notes WHERE title = 'old'");
  return c.body(null, 204);
});

app.delete('/admin/old', async (c) => {
  await pool.query("DELETE FROM notes WHERE title = 'old'");
  return c.body(null, 204);
});

app.delete('/other/old', async (c) => {
  await pool.query("DELETE FROM notes WHERE title = 'old'"); // finds: missing-authentication
  return c.body(null, 204);
});

export default app;
