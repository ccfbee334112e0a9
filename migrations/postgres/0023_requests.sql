-- Requests under a caller's own key (engine/src/request): what was asked for, whether it was done, and what was answered.
create table request (
    organization_id uuid not null,
    account_id      uuid not null,
    -- The caller's role, the method and the pattern of the address.
    route           text not null check (length(route) between 1 and 200),
    client_key      text not null check (length(client_key) between 1 and 255),
    -- SHA-256 of the address and the body.
    request_hash    bytea not null check (octet_length(request_hash) = 32),
    -- Who may say that it was done: whoever takes it up once more has another.
    attempt         uuid not null,
    -- Until then it is under way; nobody else takes it up.
    lease_until     timestamptz not null,
    -- Set in the transaction of the effect.
    done_at         timestamptz,
    -- Whether the ledger knows the answer, too.
    by_ledger       boolean not null default false,
    -- Sealed.
    answer          bytea,
    created_at      timestamptz not null,
    primary key (organization_id, account_id, route, client_key),
    foreign key (organization_id, account_id) references account (organization_id, id),
    check (answer is null or done_at is not null)
);
create index request_created on request (created_at);
call wall_in('request');
