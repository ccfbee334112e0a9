-- Organizations, their people and their sessions.
create table organization (
    id            blob not null primary key,
    name          text not null,
    slug          text not null unique,
    contact_email text not null,
    colour        text not null,
    logo          blob,
    plan          text not null default 'starter',
    created_at    text not null,
    updated_at    text not null
) strict;

create table account (
    organization_id blob not null references organization (id),
    id              blob not null unique,
    email           text not null unique,
    password_hash   text not null,
    first_name      text not null,
    last_name       text not null,
    role            text not null check (role in ('owner', 'admin', 'realtor', 'operator')),
    license_number  text,
    license_state   text,
    is_verified     integer not null default 0 check (is_verified in (0, 1)),
    created_at      text not null,
    updated_at      text not null,
    primary key (organization_id, id)
) strict;

create table web_session (
    id         text not null primary key,
    data       blob not null,
    expires_at integer not null
) strict;
create index web_session_expiry on web_session (expires_at);
