-- Programs of an organization's own that are told what happens. Secrets are sealed (engine/src/vault).
create table webhook (
    organization_id blob not null references organization (id),
    id              blob not null,
    url             text not null,
    -- JSON: names of events.
    events          text not null check (json_valid(events)),
    is_on           integer not null default 1,
    off_reason      text check (off_reason in ('hand', 'gone', 'failing')),
    secret          blob not null,
    -- Signs, too, until then.
    old_secret      blob,
    old_until       text,
    -- When an event was last taken.
    taken_at        text,
    created_at      text not null,
    primary key (organization_id, id),
    check (is_on = (off_reason is null)),
    check ((old_secret is null) = (old_until is null))
) strict, without rowid;

-- One event for one endpoint; those of the same event have the same id. Written in the transaction of what it tells.
create table webhook_delivery (
    organization_id blob not null,
    webhook_id      blob not null,
    id              blob not null,
    event           text not null,
    -- The text that is signed and sent, but for what a buyer said or left: that is sealed, and belongs to a conversation or a lead.
    payload         text not null,
    words           text,
    about_id        blob,
    state           text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
    attempts        integer not null default 0,
    created_at      text not null,
    -- From when the attempts of this run are counted, and how many there were: sending again by hand begins another.
    run_at          text not null,
    run_attempts    integer not null default 0,
    next_at         text not null,
    last_at         text,
    last_status     integer,
    last_error      text,
    duration_ms     integer,
    primary key (organization_id, webhook_id, id),
    foreign key (organization_id, webhook_id) references webhook (organization_id, id) on delete cascade
) strict, without rowid;
create index webhook_delivery_next on webhook_delivery (next_at) where state = 'waiting';
create index webhook_delivery_ended on webhook_delivery (created_at) where state <> 'waiting';
