create table notes (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), body text not null);
alter table notes enable row level security;
