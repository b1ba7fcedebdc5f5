create table users (id uuid primary key, email text not null);
create table notes (id uuid primary key, body text not null, user_id uuid not null references users (id));
