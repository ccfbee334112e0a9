-- Passkeys (WebAuthn): of each the public key, never a secret.
create table passkey (
    organization_id blob not null,
    id              blob not null,
    account_id      blob not null,
    -- The name that its authenticator gave it.
    credential      blob not null unique,
    -- What its person calls it.
    name            text not null,
    -- The public key, with what was said at enrolment.
    public_key      text not null check (json_valid(public_key)),
    -- How often it signed, as far as it says; 0 where it does not.
    sign_count      integer not null,
    created_at      text not null,
    used_at         text,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;
create index passkey_account on passkey (organization_id, account_id);
