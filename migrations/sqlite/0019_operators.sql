-- People of the platform, who belong to no organization, and the access to its buyers' words that an organization gives them.
create table operator (
    id             blob not null primary key,
    email          text not null unique,
    name           text not null,
    -- Absent until their link was used.
    password_hash  text,
    -- Sealed under the server's own key.
    totp_secret    blob,
    totp_step      integer not null default 0,
    -- The link that sets them up: its secret is where it was printed alone.
    link_hash      blob unique,
    link_expires_at text,
    -- Sealed: what the app of whoever opens the link is to have.
    totp_pending   blob,
    created_at     text not null,
    removed_at     text
) strict;

create table operator_session (
    -- The hash of what the cookie holds.
    hash       blob not null primary key,
    operator   blob not null references operator (id),
    created_at text not null,
    ends_at    text not null
) strict;

create table support_grant (
    organization_id blob not null,
    id              blob not null,
    account_id      blob not null,
    reason          text not null,
    created_at      text not null,
    expires_at      text not null,
    withdrawn_at    text,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;
