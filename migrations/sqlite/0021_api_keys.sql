-- Keys for programs of a member's own. Of the secret there is a hash alone.
create table api_key (
    organization_id blob not null,
    -- Part of the key: it is what a key is found by.
    id              blob not null unique,
    account_id      blob not null,
    name            text not null,
    secret_hash     blob not null,
    -- `read leads write`, or some of them.
    scopes          text not null,
    created_at      text not null,
    expires_at      text not null,
    -- To the minute.
    used_at         text,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;
create index api_key_account on api_key (organization_id, account_id);
