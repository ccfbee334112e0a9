-- Credits in milli-credits. One row of ledger_entry is one move between one legal pair of accounts of
-- one organization, so an unbalanced entry cannot be written. ledger_balance is a projection of it.
create table ledger_balance (
    organization_id uuid not null primary key references organization (id),
    available       bigint not null check (available >= 0),
    held            bigint not null check (held >= 0),
    granted         bigint not null check (granted >= 0),
    spent           bigint not null check (spent >= 0),
    check (granted = available + held + spent)
);

create table ledger_hold (
    organization_id uuid not null references ledger_balance (organization_id),
    id              uuid not null unique,
    amount          bigint not null check (amount > 0),
    captured        bigint not null default 0 check (captured >= 0 and captured <= amount),
    state           text not null check (state in ('pending', 'captured', 'voided', 'expired')),
    purpose         text not null,
    related_id      uuid,
    description     text not null,
    price_version   bigint not null,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    resolved_at     timestamptz,
    primary key (organization_id, id)
);
create index ledger_hold_due on ledger_hold (expires_at) where state = 'pending';

create table ledger_entry (
    organization_id uuid not null references ledger_balance (organization_id),
    id              uuid not null unique,
    kind            text not null,
    debit_account   text not null,
    credit_account  text not null,
    amount          bigint not null check (amount > 0),
    hold_id         uuid,
    purpose         text not null,
    related_id      uuid,
    description     text not null,
    price_version   bigint not null,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, hold_id) references ledger_hold (organization_id, id),
    check (kind || ': ' || debit_account || ' to ' || credit_account in (
        'grant: issued to available', 'hold: available to held', 'capture: held to spent',
        'release: held to available', 'spend: available to spent')),
    check ((hold_id is not null) = (kind in ('hold', 'capture', 'release')))
);

-- Each hold moves each way at most once.
create unique index ledger_entry_hold on ledger_entry (organization_id, hold_id, kind) where hold_id is not null;

-- What was answered under a caller's own key: success or a refusal by the rules, never a broken attempt.
create table ledger_key (
    organization_id uuid not null references ledger_balance (organization_id),
    operation       text not null,
    client_key      text not null check (length(client_key) between 1 and 255),
    request_hash    bytea not null,
    outcome         jsonb not null,
    created_at      timestamptz not null,
    primary key (organization_id, operation, client_key)
);

create function ledger_entry_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'ledger entries are never changed';
end $$;
create trigger ledger_entry_no_change before update or delete on ledger_entry
    for each row execute function ledger_entry_is_final();
create trigger ledger_entry_no_truncate before truncate on ledger_entry
    for each statement execute function ledger_entry_is_final();
