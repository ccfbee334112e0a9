-- Codes, the visits through them, conversations and leads.
create table code (
    organization_id uuid not null references organization (id),
    id              uuid not null unique,
    bot_id          uuid not null,
    property_id     uuid,
    label           text not null,
    slug            text not null unique,
    design          jsonb not null,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id) on delete cascade,
    foreign key (organization_id, property_id) references property (organization_id, id)
);
create index code_bot on code (organization_id, bot_id);

create table scan (
    organization_id uuid not null,
    id              uuid not null unique,
    code_id         uuid not null,
    at              timestamptz not null,
    device          text not null,
    referrer        text,
    place           text,
    -- A hash that changes every day: two visits of one day can be told to be one visitor's, no more.
    visitor         text not null,
    visitor_kind    text not null check (visitor_kind in ('person', 'bot')),
    -- The first visit of a person within the hour; only these are counted and charged.
    counted         boolean not null,
    primary key (organization_id, id),
    foreign key (organization_id, code_id) references code (organization_id, id) on delete cascade
);
create index scan_code on scan (organization_id, code_id, at);

create table conversation (
    organization_id uuid not null references organization (id),
    id              uuid not null unique,
    bot_id          uuid not null,
    property_id     uuid,
    code_id         uuid,
    -- SHA-256 of the secret that the visitor holds.
    token_hash      bytea not null unique,
    started_at      timestamptz not null,
    last_at         timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id) on delete cascade
);
create index conversation_recent on conversation (organization_id, last_at);

create table turn (
    organization_id uuid not null,
    id              uuid not null unique,
    conversation_id uuid not null,
    question        text not null,
    answer          text not null default '',
    outcome         text check (outcome in ('answered', 'unknown', 'small_talk', 'refused', 'unavailable')),
    citations       jsonb not null default '[]',
    receipt         jsonb not null default '{}',
    hold_id         uuid,
    charged         bigint not null default 0 check (charged >= 0),
    created_at      timestamptz not null,
    finished_at     timestamptz,
    primary key (organization_id, id),
    foreign key (organization_id, conversation_id) references conversation (organization_id, id) on delete cascade
);
create index turn_conversation on turn (organization_id, conversation_id, id);
create index turn_recent on turn (organization_id, created_at);
create index turn_open on turn (created_at) where outcome is null;

create table lead (
    organization_id uuid not null references organization (id),
    id              uuid not null unique,
    bot_id          uuid not null,
    property_id     uuid,
    conversation_id uuid,
    name            text not null,
    email           text,
    phone           text,
    message         text not null,
    consent         text not null,
    created_at      timestamptz not null,
    primary key (organization_id, id),
    check (email is not null or phone is not null)
);
create index lead_recent on lead (organization_id, created_at);
