-- Every index is a page or more to write with each row. What is found by tenant and id alone lives in that key's order,
-- without a second index on the id, and the visits of a code are counted as they happen.
drop trigger source_stays_home_on_insert;
drop trigger source_stays_home_on_update;
drop trigger turn_stays_home_on_insert;
drop trigger turn_stays_home_on_update;

create table hold_kept (
    organization_id blob not null references ledger_balance (organization_id),
    id              blob not null,
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
) strict, without rowid;
insert into hold_kept select organization_id, id, amount, captured, state, purpose, related_id, description, price_version,
    created_at, expires_at, resolved_at from ledger_hold order by organization_id, id;

create table entry_kept (
    organization_id blob not null references ledger_balance (organization_id),
    id              blob not null,
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
    foreign key (organization_id, hold_id) references hold_kept (organization_id, id),
    check (kind || ': ' || debit_account || ' to ' || credit_account in (
        'grant: issued to available', 'hold: available to held', 'capture: held to spent',
        'release: held to available', 'spend: available to spent')),
    check ((hold_id is not null) = (kind in ('hold', 'capture', 'release')))
) strict, without rowid;
insert into entry_kept select organization_id, id, kind, debit_account, credit_account, amount, hold_id, purpose, related_id,
    description, price_version, created_at from ledger_entry order by organization_id, id;

create table turn_kept (
    organization_id blob not null,
    id              blob not null,
    conversation_id blob not null,
    question        text not null,
    answer          text not null default '',
    outcome         text check (outcome in ('answered', 'unknown', 'small_talk', 'refused', 'unavailable')),
    citations       text not null default '[]' check (json_valid(citations)),
    receipt         text not null default '{}' check (json_valid(receipt)),
    hold_id         blob,
    charged         integer not null default 0 check (charged >= 0),
    created_at      text not null,
    finished_at     text,
    primary key (organization_id, id),
    foreign key (organization_id, conversation_id) references conversation (organization_id, id) on delete cascade,
    foreign key (organization_id, hold_id) references hold_kept (organization_id, id)
) strict;
insert into turn_kept select organization_id, id, conversation_id, question, answer, outcome, citations, receipt, hold_id, charged,
    created_at, finished_at from turn order by organization_id, id;

create table scan_kept (
    organization_id blob not null,
    id              blob not null,
    code_id         blob not null,
    at              text not null,
    device          text not null,
    referrer        text,
    place           text,
    -- A hash that changes every day: two visits of one day can be told to be one visitor's, no more.
    visitor         text not null,
    visitor_kind    text not null check (visitor_kind in ('person', 'bot')),
    -- The first visit of a person within the hour; only these are counted and charged.
    counted         integer not null check (counted in (0, 1)),
    primary key (organization_id, id),
    foreign key (organization_id, code_id) references code (organization_id, id) on delete cascade
) strict, without rowid;
insert into scan_kept select organization_id, id, code_id, at, device, referrer, place, visitor, visitor_kind, counted
    from scan order by organization_id, id;

drop table turn;
drop table ledger_entry;
drop table ledger_hold;
drop table scan;
-- References follow the names.
alter table hold_kept rename to ledger_hold;
alter table entry_kept rename to ledger_entry;
alter table turn_kept rename to turn;
alter table scan_kept rename to scan;

create index ledger_hold_due on ledger_hold (expires_at) where state = 'pending';
-- Each hold moves each way at most once.
create unique index ledger_entry_hold on ledger_entry (organization_id, hold_id, kind) where hold_id is not null;
create index turn_conversation on turn (organization_id, conversation_id, id);
create index turn_open on turn (created_at) where outcome is null;
-- Whether a visitor was counted within the hour: looked up at every scan.
create index scan_visitor on scan (organization_id, code_id, visitor, at);

create trigger ledger_entry_no_update before update on ledger_entry
begin select raise(abort, 'ledger entries are never changed'); end;
create trigger ledger_entry_no_delete before delete on ledger_entry
begin select raise(abort, 'ledger entries are never removed'); end;
create trigger ledger_hold_ends_once before update on ledger_hold
when old.state <> 'pending'
begin select raise(abort, 'this hold is over already'); end;

-- Holds are never removed, so a source names its own organization's or none. Jobs may be gone.
create trigger source_stays_home_on_insert before insert on source
when new.hold_id is not null and not exists (select 1 from ledger_hold where organization_id = new.organization_id and id = new.hold_id)
    or exists (select 1 from job where id = new.job_id and organization_id <> new.organization_id)
begin select raise(abort, 'a reference leaves its organization'); end;
create trigger source_stays_home_on_update before update of organization_id, hold_id, job_id on source
when new.hold_id is not null and not exists (select 1 from ledger_hold where organization_id = new.organization_id and id = new.hold_id)
    or exists (select 1 from job where id = new.job_id and organization_id <> new.organization_id)
begin select raise(abort, 'a reference leaves its organization'); end;

-- People's visits through each code, and the last of them.
create table code_tally (
    organization_id blob not null,
    code_id         blob not null,
    n               integer not null check (n > 0),
    last_at         text not null,
    primary key (organization_id, code_id),
    foreign key (organization_id, code_id) references code (organization_id, id) on delete cascade
) strict, without rowid;
insert into code_tally (organization_id, code_id, n, last_at)
    select organization_id, code_id, count(*), max(at) from scan where visitor_kind = 'person' group by 1, 2;
