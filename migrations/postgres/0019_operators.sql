-- People of the platform, who belong to no organization, and the access to its buyers' words that an organization gives them.
create table operator (
    id             uuid not null primary key,
    email          text not null unique,
    name           text not null,
    -- Absent until their link was used.
    password_hash  text,
    -- Sealed under the server's own key.
    totp_secret    bytea,
    totp_step      bigint not null default 0,
    -- The link that sets them up: its secret is where it was printed alone.
    link_hash      bytea unique,
    link_expires_at timestamptz,
    -- Sealed: what the app of whoever opens the link is to have.
    totp_pending   bytea,
    created_at     timestamptz not null,
    removed_at     timestamptz
);

create table operator_session (
    -- The hash of what the cookie holds.
    hash       bytea not null primary key,
    operator   uuid not null references operator (id),
    created_at timestamptz not null,
    ends_at    timestamptz not null
);

create table support_grant (
    organization_id uuid not null,
    id              uuid not null,
    account_id      uuid not null,
    reason          text not null,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    withdrawn_at    timestamptz,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
);
