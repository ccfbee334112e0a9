-- Keys for programs of a member's own. Of the secret there is a hash alone.
create table api_key (
    organization_id uuid not null,
    -- Part of the key: it is what a key is found by.
    id              uuid not null unique,
    account_id      uuid not null,
    name            text not null,
    secret_hash     bytea not null,
    -- `read leads write`, or some of them.
    scopes          text not null,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    -- To the minute.
    used_at         timestamptz,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
);
create index api_key_account on api_key (organization_id, account_id);
call wall_in('api_key');
