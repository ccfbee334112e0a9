-- What the dashboard shows is counted as it happens, so that opening it reads a few rows however much there was.
-- What is removed later stays counted: it did happen.
create table tally (
    organization_id blob not null references organization (id),
    what            text not null check (what in ('scan', 'conversation', 'lead', 'preview')),
    -- In UTC.
    day             text not null,
    n               integer not null check (n > 0),
    primary key (organization_id, what, day)
) strict, without rowid;

insert into tally (organization_id, what, day, n)
    select organization_id, 'scan', substr(at, 1, 10), count(*) from scan where visitor_kind = 'person' group by 1, 3
    union all
    select organization_id, 'conversation', substr(started_at, 1, 10), count(*) from conversation group by 1, 3
    union all
    select organization_id, 'lead', substr(created_at, 1, 10), count(*) from lead group by 1, 3;

-- The month of the latest move, and what had been spent before that month.
alter table ledger_balance add column month text not null default '';
alter table ledger_balance add column spent_before integer not null default 0;
update ledger_balance set month = strftime('%Y-%m', 'now'), spent_before = spent - (
    select coalesce(sum(e.amount), 0) from ledger_entry e where e.organization_id = ledger_balance.organization_id
    and e.kind in ('capture', 'spend') and substr(e.created_at, 1, 7) = strftime('%Y-%m', 'now'));

-- Nothing reads by these any more: lists go by id, which is in order of time.
drop index scan_counted;
drop index conversation_started;
drop index conversation_recent;
drop index turn_recent;
drop index lead_recent;

-- The realtor's own questions in the preview: free, and no part of any count of buyers.
alter table conversation add column preview integer not null default 0 check (preview in (0, 1));
