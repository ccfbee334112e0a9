-- People of an organization beside its owner: invited, given a role, switched off.
alter table account add column deactivated_at text;

-- One owner, whatever happens.
create unique index account_owner on account (organization_id) where role = 'owner';

-- The secret of an invitation is in its link alone.
create table invitation (
    organization_id blob not null references organization (id),
    id              blob not null,
    email           text not null,
    role            text not null check (role in ('admin', 'realtor')),
    token_hash      blob not null unique,
    invited_by      blob not null,
    created_at      text not null,
    expires_at      text not null,
    accepted_at     text,
    revoked_at      text,
    primary key (organization_id, id),
    foreign key (organization_id, invited_by) references account (organization_id, id)
) strict, without rowid;
