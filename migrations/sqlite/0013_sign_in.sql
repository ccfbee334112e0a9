-- Signing in: sessions with what they have proved, second factors, links by mail, and the keys that secrets are kept under.
alter table account add column email_verified_at text;
-- Sealed. The first is asked for at sign-in, the other is being set up.
alter table account add column totp_secret blob;
alter table account add column totp_pending blob;
-- The last 30-second step a code was taken of: each holds once.
alter table account add column totp_step integer not null default 0;
-- Whoever has worked here so far is taken to have given their own address.
update account set email_verified_at = created_at;

create table account_session (
    organization_id blob not null,
    id              blob not null,
    account_id      blob not null,
    kind            text not null check (kind in ('console', 'program')),
    agent           text not null,
    address         text,
    created_at      text not null,
    seen_at         text not null,
    -- When its person last proved who they are.
    proved_at       text not null,
    -- When they showed a second factor.
    factor_at       text,
    ends_at         text not null,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;
create index account_session_account on account_session (organization_id, account_id);

create table recovery_code (
    organization_id blob not null,
    account_id      blob not null,
    hash            blob not null,
    used_at         text,
    primary key (organization_id, account_id, hash),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;

-- The secret of a link is in the letter alone.
create table account_link (
    organization_id blob not null,
    id              blob not null,
    account_id      blob not null,
    purpose         text not null check (purpose in ('verify', 'reset')),
    token_hash      blob not null unique,
    created_at      text not null,
    expires_at      text not null,
    used_at         text,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;
create index account_link_account on account_link (organization_id, account_id);

-- Keys of an organization, wrapped with the server's own key.
create table data_key (
    organization_id blob not null references organization (id),
    id              blob not null,
    wrapped         blob not null,
    created_at      text not null,
    primary key (organization_id, id)
) strict, without rowid;
