-- Programs of an organization's own that are told what happens. Secrets are sealed (engine/src/vault).
create table webhook (
    organization_id uuid not null references organization (id),
    id              uuid not null,
    url             text not null,
    -- JSON: names of events.
    events          jsonb not null,
    is_on           boolean not null default true,
    off_reason      text check (off_reason in ('hand', 'gone', 'failing')),
    secret          bytea not null,
    -- Signs, too, until then.
    old_secret      bytea,
    old_until       timestamptz,
    -- When an event was last taken.
    taken_at        timestamptz,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    check (is_on = (off_reason is null)),
    check ((old_secret is null) = (old_until is null))
);

-- One event for one endpoint; those of the same event have the same id. Written in the transaction of what it tells.
create table webhook_delivery (
    organization_id uuid not null,
    webhook_id      uuid not null,
    id              uuid not null,
    event           text not null,
    -- The text that is signed and sent, but for what a buyer said or left: that is sealed, and belongs to a conversation or a lead.
    payload         text not null,
    words           text,
    about_id        uuid,
    state           text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
    attempts        bigint not null default 0,
    created_at      timestamptz not null,
    -- From when the attempts of this run are counted, and how many there were: sending again by hand begins another.
    run_at          timestamptz not null,
    run_attempts    bigint not null default 0,
    next_at         timestamptz not null,
    last_at         timestamptz,
    last_status     bigint,
    last_error      text,
    duration_ms     bigint,
    primary key (organization_id, webhook_id, id),
    foreign key (organization_id, webhook_id) references webhook (organization_id, id) on delete cascade
);
create index webhook_delivery_next on webhook_delivery (next_at) where state = 'waiting';
create index webhook_delivery_ended on webhook_delivery (created_at) where state <> 'waiting';
