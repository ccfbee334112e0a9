-- What buyers say and leave is sealed (engine/src/vault). A migration cannot seal: rows of before are marked, and the next
-- start seals them.
alter table turn add column sealed integer not null default 0 check (sealed in (0, 1));
create index turn_unsealed on turn (organization_id, id) where not sealed;
alter table lead add column sealed integer not null default 0 check (sealed in (0, 1));
create index lead_unsealed on lead (organization_id, id) where not sealed;
-- What one buyer left is found by their conversation.
create index lead_conversation on lead (organization_id, conversation_id);

-- What a buyer agreed to: the very words, for each way to reach them.
create table consent (
    organization_id blob not null,
    lead_id         blob not null,
    channel         text not null check (channel in ('email', 'phone')),
    text            text not null,
    version         text not null,
    given_at        text not null,
    withdrawn_at    text,
    primary key (organization_id, lead_id, channel),
    foreign key (organization_id, lead_id) references lead (organization_id, id) on delete cascade
) strict, without rowid;
insert into consent (organization_id, lead_id, channel, text, version, given_at) select organization_id, id, 'email', consent, '1', created_at from lead where email is not null;
insert into consent (organization_id, lead_id, channel, text, version, given_at) select organization_id, id, 'phone', consent, '1', created_at from lead where phone is not null;
alter table lead drop column consent;

-- What was erased, when and at whose wish; nothing of what it said.
create table tombstone (
    organization_id blob not null references organization (id),
    kind            text not null check (kind in ('conversation', 'lead')),
    subject_id      blob not null,
    erased_by       text not null check (erased_by in ('buyer', 'member', 'retention')),
    erased_at       text not null,
    primary key (organization_id, kind, subject_id)
) strict, without rowid;

-- After how many days what was said and left is erased; null is never.
alter table organization add column keep_conversations_days integer default 365 check (keep_conversations_days > 0);
alter table organization add column keep_leads_days integer check (keep_leads_days > 0);
