-- References that may outlive what they name have no foreign key: a lead stays when its bot is removed, a conversation
-- when its property is. They may name something that is gone, but never something of another organization's.
create function conversation_stays_home() returns trigger language plpgsql as $$
begin
    if exists (select 1 from property where id = new.property_id and organization_id <> new.organization_id)
        or exists (select 1 from code where id = new.code_id and organization_id <> new.organization_id)
    then raise exception 'a reference leaves its organization'; end if;
    return new;
end $$;
create trigger conversation_stays_home before insert or update of organization_id, property_id, code_id on conversation
    for each row execute function conversation_stays_home();

create function lead_stays_home() returns trigger language plpgsql as $$
begin
    if exists (select 1 from bot where id = new.bot_id and organization_id <> new.organization_id)
        or exists (select 1 from property where id = new.property_id and organization_id <> new.organization_id)
        or exists (select 1 from conversation where id = new.conversation_id and organization_id <> new.organization_id)
    then raise exception 'a reference leaves its organization'; end if;
    return new;
end $$;
create trigger lead_stays_home before insert or update of organization_id, bot_id, property_id, conversation_id on lead
    for each row execute function lead_stays_home();

create function source_stays_home() returns trigger language plpgsql as $$
begin
    if exists (select 1 from ledger_hold where id = new.hold_id and organization_id <> new.organization_id)
        or exists (select 1 from job where id = new.job_id and organization_id <> new.organization_id)
    then raise exception 'a reference leaves its organization'; end if;
    return new;
end $$;
create trigger source_stays_home before insert or update of organization_id, hold_id, job_id on source
    for each row execute function source_stays_home();

create function turn_stays_home() returns trigger language plpgsql as $$
begin
    if exists (select 1 from ledger_hold where id = new.hold_id and organization_id <> new.organization_id)
    then raise exception 'a reference leaves its organization'; end if;
    return new;
end $$;
create trigger turn_stays_home before insert or update of organization_id, hold_id on turn
    for each row execute function turn_stays_home();
