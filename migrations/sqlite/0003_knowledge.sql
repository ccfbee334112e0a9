-- Bots, properties, and what was read from sources.
create table bot (
    organization_id   blob not null references organization (id),
    id                blob not null unique,
    name              text not null,
    description       text not null,
    status            text not null check (status in ('draft', 'active', 'inactive')),
    slug              text not null unique,
    conversation      text not null check (json_valid(conversation)),
    model             text not null check (json_valid(model)),
    -- Counts up with every change to what the bot knows; caches are keyed by it.
    knowledge_version integer not null default 1,
    created_at        text not null,
    updated_at        text not null,
    primary key (organization_id, id)
) strict;

create table property (
    organization_id blob not null references organization (id),
    id              blob not null unique,
    bot_id          blob,
    address         text not null,
    city            text not null,
    state           text not null,
    zip_code        text not null,
    listing_url     text,
    status          text not null check (status in ('active', 'pending', 'sold')),
    details         text not null check (json_valid(details)),
    created_at      text not null,
    updated_at      text not null,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id)
) strict;
create index property_bot on property (organization_id, bot_id);

create table source (
    organization_id blob not null references organization (id),
    id              blob not null unique,
    bot_id          blob not null,
    property_id     blob,
    kind            text not null check (kind in ('url', 'file', 'text')),
    title           text not null,
    locator         text not null,
    content_type    text,
    state           text not null check (state in ('queued', 'running', 'ready', 'failed')),
    progress        integer not null default 0 check (progress between 0 and 100),
    message         text not null,
    removed_count   integer not null default 0,
    images          text not null default '[]' check (json_valid(images)),
    hold_id         blob not null,
    job_id          blob not null,
    created_at      text not null,
    finished_at     text,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id) on delete cascade,
    foreign key (organization_id, property_id) references property (organization_id, id)
) strict;
create index source_bot on source (organization_id, bot_id);
create index source_job on source (organization_id, job_id);

create table fact (
    organization_id blob not null,
    id              blob not null unique,
    source_id       blob not null,
    fact            text not null check (json_valid(fact)),
    position        integer not null,
    primary key (organization_id, id),
    foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
) strict;
create index fact_source on fact (organization_id, source_id);

create table passage (
    organization_id blob not null,
    id              blob not null unique,
    source_id       blob not null,
    heading         text,
    text            text not null,
    position        integer not null,
    primary key (organization_id, id),
    foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade
) strict;
create index passage_source on passage (organization_id, source_id);

-- Work to do in the background. A lease and a fence keep a worker that woke up late from writing.
create table job (
    organization_id blob not null references organization (id),
    id              blob not null unique,
    kind            text not null,
    payload         text not null check (json_valid(payload)),
    state           text not null check (state in ('queued', 'running', 'done', 'failed')),
    attempts        integer not null default 0,
    fence           integer not null default 0,
    run_at          text not null,
    lease_until     text,
    last_error      text,
    created_at      text not null,
    primary key (organization_id, id)
) strict;
create index job_due on job (run_at) where state in ('queued', 'running');
