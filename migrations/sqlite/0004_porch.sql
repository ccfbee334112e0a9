-- Codes, the visits through them, conversations and leads.
create table code (
    organization_id blob not null references organization (id),
    id              blob not null unique,
    bot_id          blob not null,
    property_id     blob,
    label           text not null,
    slug            text not null unique,
    design          text not null check (json_valid(design)),
    created_at      text not null,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id) on delete cascade,
    foreign key (organization_id, property_id) references property (organization_id, id)
) strict;
create index code_bot on code (organization_id, bot_id);

create table scan (
    organization_id blob not null,
    id              blob not null unique,
    code_id         blob not null,
    at              text not null,
    device          text not null,
    referrer        text,
    place           text,
    -- A hash that changes every day: two visits of one day can be told to be one visitor's, no more.
    visitor         text not null,
    visitor_kind    text not null check (visitor_kind in ('person', 'bot')),
    -- The first visit of a person within the hour; only these are counted and charged.
    counted         integer not null check (counted in (0, 1)),
    primary key (organization_id, id),
    foreign key (organization_id, code_id) references code (organization_id, id) on delete cascade
) strict;
create index scan_code on scan (organization_id, code_id, at);

create table conversation (
    organization_id blob not null references organization (id),
    id              blob not null unique,
    bot_id          blob not null,
    property_id     blob,
    code_id         blob,
    -- SHA-256 of the secret that the visitor holds.
    token_hash      blob not null unique,
    started_at      text not null,
    last_at         text not null,
    primary key (organization_id, id),
    foreign key (organization_id, bot_id) references bot (organization_id, id) on delete cascade
) strict;
create index conversation_recent on conversation (organization_id, last_at);

create table turn (
    organization_id blob not null,
    id              blob not null unique,
    conversation_id blob not null,
    question        text not null,
    answer          text not null default '',
    outcome         text check (outcome in ('answered', 'unknown', 'small_talk', 'refused', 'unavailable')),
    citations       text not null default '[]' check (json_valid(citations)),
    receipt         text not null default '{}' check (json_valid(receipt)),
    hold_id         blob,
    charged         integer not null default 0 check (charged >= 0),
    created_at      text not null,
    finished_at     text,
    primary key (organization_id, id),
    foreign key (organization_id, conversation_id) references conversation (organization_id, id) on delete cascade
) strict;
create index turn_conversation on turn (organization_id, conversation_id, id);
create index turn_recent on turn (organization_id, created_at);
create index turn_open on turn (created_at) where outcome is null;

create table lead (
    organization_id blob not null references organization (id),
    id              blob not null unique,
    bot_id          blob not null,
    property_id     blob,
    conversation_id blob,
    name            text not null,
    email           text,
    phone           text,
    message         text not null,
    consent         text not null,
    created_at      text not null,
    primary key (organization_id, id),
    check (email is not null or phone is not null)
) strict;
create index lead_recent on lead (organization_id, created_at);
