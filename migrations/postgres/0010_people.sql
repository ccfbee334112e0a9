-- People of an organization beside its owner: invited, given a role, switched off.
alter table account add column deactivated_at timestamptz;

-- One owner, whatever happens.
create unique index account_owner on account (organization_id) where role = 'owner';

-- The secret of an invitation is in its link alone.
create table invitation (
    organization_id uuid not null references organization (id),
    id              uuid not null,
    email           text not null,
    role            text not null check (role in ('admin', 'realtor')),
    token_hash      bytea not null unique,
    invited_by      uuid not null,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    accepted_at     timestamptz,
    revoked_at      timestamptz,
    primary key (organization_id, id),
    foreign key (organization_id, invited_by) references account (organization_id, id)
);
