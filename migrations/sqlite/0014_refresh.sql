-- What a program renews its access token with. All of a session's are one family: each is of the generation after the one it
-- was given for, and only its hash is kept.
create table refresh_token (
    organization_id blob not null,
    id              blob not null,
    session_id      blob not null,
    generation      integer not null,
    token_hash      blob not null unique,
    created_at      text not null,
    used_at         text,
    primary key (organization_id, id),
    foreign key (organization_id, session_id) references account_session (organization_id, id) on delete cascade
) strict, without rowid;
create index refresh_token_session on refresh_token (organization_id, session_id, generation);
