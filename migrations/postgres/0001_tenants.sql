-- Organizations, their people and their sessions.
create table organization (
    id            uuid not null primary key,
    name          text not null,
    slug          text not null unique,
    contact_email text not null,
    colour        text not null,
    logo          bytea,
    plan          text not null default 'starter',
    created_at    timestamptz not null,
    updated_at    timestamptz not null
);

create table account (
    organization_id uuid not null references organization (id),
    id              uuid not null unique,
    email           text not null unique,
    password_hash   text not null,
    first_name      text not null,
    last_name       text not null,
    role            text not null check (role in ('owner', 'admin', 'realtor', 'operator')),
    license_number  text,
    license_state   text,
    is_verified     boolean not null default false,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    primary key (organization_id, id)
);

create table web_session (
    id         text not null primary key,
    data       bytea not null,
    expires_at bigint not null
);
create index web_session_expiry on web_session (expires_at);
