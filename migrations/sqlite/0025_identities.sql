-- Identities at a sign-in provider (OpenID Connect), each of one account. Issuer and subject say who it is; the address is for
-- its person to tell them apart.
create table identity (
    organization_id blob not null,
    id              blob not null,
    account_id      blob not null,
    issuer          text not null,
    subject         text not null,
    email           text,
    created_at      text not null,
    primary key (organization_id, id),
    unique (issuer, subject),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;
create index identity_account on identity (organization_id, account_id);
