-- Who did what, when and from where. An organization's entries form a chain: the hash of each is made of the one before it and
-- of all that the entry says (engine/src/audit/chain.rs). The head is where the chain ends.
create table audit_head (
    organization_id blob not null primary key references organization (id),
    seq             integer not null check (seq >= 0),
    hash            blob not null
) strict, without rowid;

create table audit_entry (
    organization_id blob not null references audit_head (organization_id),
    seq             integer not null check (seq > 0),
    at              text not null,
    actor_id        blob,
    actor_name      text not null,
    address         text,
    action          text not null,
    target_kind     text,
    target_id       blob,
    target_name     text,
    -- JSON, kept as the very text that was hashed.
    before          text check (json_valid(before)),
    after           text check (json_valid(after)),
    previous        blob not null,
    hash            blob not null,
    primary key (organization_id, seq)
) strict, without rowid;

create trigger audit_entry_no_update before update on audit_entry
begin select raise(abort, 'audit entries are never changed'); end;
create trigger audit_entry_no_delete before delete on audit_entry
begin select raise(abort, 'audit entries are never removed'); end;
create trigger audit_head_only_forward before update on audit_head
when new.seq < old.seq or new.organization_id <> old.organization_id
begin select raise(abort, 'the head of an audit log never goes back'); end;
create trigger audit_head_no_delete before delete on audit_head
begin select raise(abort, 'the head of an audit log is never removed'); end;
