-- Keys of an organization's own with providers of AI models. Keys are sealed (engine/src/vault).
create table api_configuration (
    organization_id blob not null references organization (id),
    id              blob not null,
    provider        text not null,
    base_url        text not null,
    api_key         blob not null,
    -- Its last characters, to tell one from another.
    key_end         text not null,
    -- JSON: the model, and how it is asked.
    settings        text not null check (json_valid(settings)),
    is_active       integer not null check (is_active in (0, 1)),
    created_at      text not null,
    updated_at      text not null,
    primary key (organization_id, id)
) strict;
