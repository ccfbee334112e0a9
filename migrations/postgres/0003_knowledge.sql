-- Bots, properties, and what was read from sources.
create table bot (
    organization_id   uuid not null references organization (id),
    id                uuid not null unique,
    name              text not null,
    description       text not null,
    status            text not null check (status in ('draft', 'active', 'inactive')),
    slug              text not null unique,
    conversation      jsonb not null,
    model             jsonb not null,
    -- Counts up with every change to what the bot knows; caches are keyed by it.
    knowledge_version bigint not null default 1,
    created_at        timestamptz not null,
    updated_at        timestamptz not null,
    primary key (organization_id, id)
);

create table property (
    organization_id uuid not null references organization (id),
    id              uuid not null unique,
    bot_id          uuid,
    address         text not null,
    city            text not null,
    state           text not null,
    zip_code        text not null,
    listing_url     text,
    status          text not null check (status in ('active', 'pending', 'sold')),
    details         jsonb not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id)
);
create index property_bot on property (organization_id, bot_id);

create table source (
    organization_id uuid not null references organization (id),
    id              uuid not null unique,
    bot_id          uuid not null,
    property_id     uuid,
    kind            text not null check (kind in ('url', 'file', 'text')),
    title           text not null,
    locator         text not null,
    content_type    text,
    state           text not null check (state in ('queued', 'running', 'ready', 'failed')),
    progress        bigint not null default 0 check (progress between 0 and 100),
    message         text not null,
    removed_count   bigint not null default 0,
    images          jsonb not null default '[]',
    hold_id         uuid not null,
    job_id          uuid not null,
    created_at      timestamptz not null,
    finished_at     timestamptz,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id) on delete cascade,
    foreign key (organization_id, property_id) references property (organization_id, id)
);
create index source_bot on source (organization_id, bot_id);
create index source_job on source (organization_id, job_id);

create table fact (
    organization_id uuid not null,
    id              uuid not null unique,
    source_id       uuid not null,
    fact            jsonb not null,
    position        bigint not null,
    primary key (organization_id, id),
    foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);
create index fact_source on fact (organization_id, source_id);

create table passage (
    organization_id uuid not null,
    id              uuid not null unique,
    source_id       uuid not null,
    heading         text,
    text            text not null,
    position        bigint not null,
    primary key (organization_id, id),
    foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
);
create index passage_source on passage (organization_id, source_id);

-- Work to do in the background. A lease and a fence keep a worker that woke up late from writing.
create table job (
    organization_id uuid not null references organization (id),
    id              uuid not null unique,
    kind            text not null,
    payload         jsonb not null,
    state           text not null check (state in ('queued', 'running', 'done', 'failed')),
    attempts        bigint not null default 0,
    fence           bigint not null default 0,
    run_at          timestamptz not null,
    lease_until     timestamptz,
    last_error      text,
    created_at      timestamptz not null,
    primary key (organization_id, id)
);
create index job_due on job (run_at) where state in ('queued', 'running');
