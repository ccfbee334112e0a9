-- What a program renews its access token with. All of a session's are one family: each is of the generation after the one it
-- was given for, and only its hash is kept.
create table refresh_token (
    organization_id uuid not null,
    id              uuid not null,
    session_id      uuid not null,
    generation      bigint not null,
    token_hash      bytea not null unique,
    created_at      timestamptz not null,
    used_at         timestamptz,
    primary key (organization_id, id),
    foreign key (organization_id, session_id) references account_session (organization_id, id) on delete cascade
);
create index refresh_token_session on refresh_token (organization_id, session_id, generation);
