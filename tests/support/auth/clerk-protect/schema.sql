CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, role text NOT NULL DEFAULT 'user');
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users(id), title text, body text NOT NULL);
