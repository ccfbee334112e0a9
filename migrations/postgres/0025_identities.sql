-- Identities at a sign-in provider (OpenID Connect), each of one account. Issuer and subject say who it is; the address is for
-- its person to tell them apart.
create table identity (
    organization_id uuid not null,
    id              uuid not null,
    account_id      uuid not null,
    issuer          text not null,
    subject         text not null,
    email           text,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    unique (issuer, subject),
    foreign key (organization_id, account_id) references account (organization_id, id)
);
create index identity_account on identity (organization_id, account_id);
call wall_in('identity');
