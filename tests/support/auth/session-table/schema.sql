CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, role text NOT NULL DEFAULT 'user');
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users(id), title text, body text NOT NULL);
CREATE TABLE sessions (id text PRIMARY KEY, user_id uuid NOT NULL REFERENCES users(id), expires_at timestamptz NOT NULL);
