-- What a buyer agreed to stays as it was agreed to: a consent can be withdrawn, once, and nothing else. That something was
-- erased stays noted.
create trigger consent_only_withdrawn before update on consent
when old.withdrawn_at is not null or new.withdrawn_at is null or new.organization_id <> old.organization_id
    or new.lead_id <> old.lead_id or new.channel <> old.channel or new.text <> old.text or new.version <> old.version
    or new.given_at <> old.given_at
begin select raise(abort, 'a consent is withdrawn and never changed'); end;
create trigger consent_no_delete before delete on consent
begin select raise(abort, 'a consent is withdrawn and never changed'); end;
create trigger consent_no_replace before insert on consent
when exists (select 1 from consent c where c.organization_id = new.organization_id and c.lead_id = new.lead_id and c.channel = new.channel)
begin select raise(abort, 'a consent is withdrawn and never changed'); end;
create trigger tombstone_no_update before update on tombstone
begin select raise(abort, 'what was erased stays noted'); end;
create trigger tombstone_no_delete before delete on tombstone
begin select raise(abort, 'what was erased stays noted'); end;
