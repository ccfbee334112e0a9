-- Who did what, when and from where. An organization's entries form a chain: the hash of each is made of the one before it and
-- of all that the entry says (engine/src/audit/chain.rs). The head is where the chain ends.
create table audit_head (
    organization_id uuid not null primary key references organization (id),
    seq             bigint not null check (seq >= 0),
    hash            bytea not null
);

create table audit_entry (
    organization_id uuid not null references audit_head (organization_id),
    seq             bigint not null check (seq > 0),
    at              timestamptz not null,
    actor_id        uuid,
    actor_name      text not null,
    address         text,
    action          text not null,
    target_kind     text,
    target_id       uuid,
    target_name     text,
    -- JSON, kept as the very text that was hashed.
    before          text check (before is null or before::json is not null),
    after           text check (after is null or after::json is not null),
    previous        bytea not null,
    hash            bytea not null,
    primary key (organization_id, seq)
);

create function audit_entry_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'audit entries are never changed';
end $$;
create trigger audit_entry_no_change before update or delete on audit_entry
    for each row execute function audit_entry_is_final();
create trigger audit_entry_no_truncate before truncate on audit_entry
    for each statement execute function audit_entry_is_final();

create function audit_head_only_goes_forward() returns trigger language plpgsql as $$
begin
    raise exception 'the head of an audit log never goes back';
end $$;
create trigger audit_head_only_forward before update on audit_head
    for each row when (new.seq < old.seq or new.organization_id <> old.organization_id)
    execute function audit_head_only_goes_forward();
create trigger audit_head_no_delete before delete on audit_head
    for each row execute function audit_head_only_goes_forward();
create trigger audit_head_no_truncate before truncate on audit_head
    for each statement execute function audit_head_only_goes_forward();
