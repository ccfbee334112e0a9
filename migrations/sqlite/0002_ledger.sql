-- Credits in milli-credits. One row of ledger_entry is one move between one legal pair of accounts of
-- one organization, so an unbalanced entry cannot be written. ledger_balance is a projection of it.
create table ledger_balance (
    organization_id blob not null primary key references organization (id),
    available       integer not null check (available >= 0),
    held            integer not null check (held >= 0),
    granted         integer not null check (granted >= 0),
    spent           integer not null check (spent >= 0),
    check (granted = available + held + spent)
) strict;

create table ledger_hold (
    organization_id blob not null references ledger_balance (organization_id),
    id              blob not null unique,
    amount          integer not null check (amount > 0),
    captured        integer not null default 0 check (captured >= 0 and captured <= amount),
    state           text not null check (state in ('pending', 'captured', 'voided', 'expired')),
    purpose         text not null,
    related_id      blob,
    description     text not null,
    price_version   integer not null,
    created_at      text not null,
    expires_at      text not null,
    resolved_at     text,
    primary key (organization_id, id)
) strict;
create index ledger_hold_due on ledger_hold (expires_at) where state = 'pending';

create table ledger_entry (
    organization_id blob not null references ledger_balance (organization_id),
    id              blob not null unique,
    kind            text not null,
    debit_account   text not null,
    credit_account  text not null,
    amount          integer not null check (amount > 0),
    hold_id         blob,
    purpose         text not null,
    related_id      blob,
    description     text not null,
    price_version   integer not null,
    created_at      text not null,
    primary key (organization_id, id),
    foreign key (organization_id, hold_id) references ledger_hold (organization_id, id),
    check (kind || ': ' || debit_account || ' to ' || credit_account in (
        'grant: issued to available', 'hold: available to held', 'capture: held to spent',
        'release: held to available', 'spend: available to spent')),
    check ((hold_id is not null) = (kind in ('hold', 'capture', 'release')))
) strict;

-- Each hold moves each way at most once.
create unique index ledger_entry_hold on ledger_entry (organization_id, hold_id, kind) where hold_id is not null;

-- What was answered under a caller's own key: success or a refusal by the rules, never a broken attempt.
create table ledger_key (
    organization_id blob not null references ledger_balance (organization_id),
    operation       text not null,
    client_key      text not null check (length(client_key) between 1 and 255),
    request_hash    blob not null,
    outcome         text not null check (json_valid(outcome)),
    created_at      text not null,
    primary key (organization_id, operation, client_key)
) strict;

create trigger ledger_entry_no_update before update on ledger_entry
begin select raise(abort, 'ledger entries are never changed'); end;
create trigger ledger_entry_no_delete before delete on ledger_entry
begin select raise(abort, 'ledger entries are never removed'); end;
