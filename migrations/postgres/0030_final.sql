-- What a buyer agreed to stays as it was agreed to: a consent can be withdrawn, once, and nothing else. That something was
-- erased stays noted.
create function consent_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'a consent is withdrawn and never changed';
end $$;
create trigger consent_only_withdrawn before update on consent
    for each row when (old.withdrawn_at is not null or new.withdrawn_at is null or new.organization_id <> old.organization_id
        or new.lead_id <> old.lead_id or new.channel <> old.channel or new.text <> old.text or new.version <> old.version
        or new.given_at <> old.given_at)
    execute function consent_is_final();
create trigger consent_no_delete before delete on consent
    for each row execute function consent_is_final();
create trigger consent_no_truncate before truncate on consent
    for each statement execute function consent_is_final();

create function tombstone_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'what was erased stays noted';
end $$;
create trigger tombstone_no_change before update or delete on tombstone
    for each row execute function tombstone_is_final();
create trigger tombstone_no_truncate before truncate on tombstone
    for each statement execute function tombstone_is_final();
