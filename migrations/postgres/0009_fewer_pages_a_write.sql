-- Every index is a page or more to write with each row. What is found by tenant and id alone has no second index on the
-- id, and the visits of a code are counted as they happen.
alter table scan drop constraint scan_id_key;
drop index scan_code;
alter table ledger_entry drop constraint ledger_entry_id_key;
alter table ledger_hold drop constraint ledger_hold_id_key;
alter table turn drop constraint turn_id_key;

-- Holds are never removed, so a turn or a source names its own organization's or none. Jobs may be gone.
drop trigger turn_stays_home on turn;
drop function turn_stays_home();
alter table turn add foreign key (organization_id, hold_id) references ledger_hold (organization_id, id);
create or replace function source_stays_home() returns trigger language plpgsql as $$
begin
    if new.hold_id is not null and not exists (select 1 from ledger_hold where organization_id = new.organization_id and id = new.hold_id)
        or exists (select 1 from job where id = new.job_id and organization_id <> new.organization_id)
    then raise exception 'a reference leaves its organization'; end if;
    return new;
end $$;

-- People's visits through each code, and the last of them.
create table code_tally (
    organization_id uuid not null,
    code_id         uuid not null,
    n               bigint not null check (n > 0),
    last_at         timestamptz not null,
    primary key (organization_id, code_id),
    foreign key (organization_id, code_id) references code (organization_id, id) on delete cascade
);
insert into code_tally (organization_id, code_id, n, last_at)
    select organization_id, code_id, count(*), max(at) from scan where visitor_kind = 'person' group by 1, 2;
