-- Keys of an organization's own with providers of AI models. Keys are sealed (engine/src/vault).
create table api_configuration (
    organization_id uuid not null references organization (id),
    id              uuid not null,
    provider        text not null,
    base_url        text not null,
    api_key         bytea not null,
    -- Its last characters, to tell one from another.
    key_end         text not null,
    -- JSON: the model, and how it is asked.
    settings        jsonb not null,
    is_active       boolean not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    primary key (organization_id, id)
);
call wall_in('api_configuration');
