-- Passkeys (WebAuthn): of each the public key, never a secret.
create table passkey (
    organization_id uuid not null,
    id              uuid not null,
    account_id      uuid not null,
    -- The name that its authenticator gave it.
    credential      bytea not null unique,
    -- What its person calls it.
    name            text not null,
    -- The public key, with what was said at enrolment.
    public_key      jsonb not null,
    -- How often it signed, as far as it says; 0 where it does not.
    sign_count      bigint not null,
    created_at      timestamptz not null,
    used_at         timestamptz,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
);
create index passkey_account on passkey (organization_id, account_id);
call wall_in('passkey');
