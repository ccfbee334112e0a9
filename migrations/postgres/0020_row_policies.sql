-- A second wall between organizations: a transaction reaches the rows of the one that it is begun for
-- (engine/src/db/reach.rs). It holds for the tables' owner, too, but not for superusers and roles with BYPASSRLS.

create function is_reached(organization_id uuid) returns boolean language sql stable parallel safe as $$
    select case current_setting('porchlight.reach', true)
        when 'everyone' then true
        else organization_id = nullif(current_setting('porchlight.reach', true), '')::uuid
    end
$$;

-- For the tables of this migration and of every later one.
create procedure wall_in(tenants_table regclass) language plpgsql as $$
begin
    execute format('alter table %s enable row level security', tenants_table);
    execute format('alter table %s force row level security', tenants_table);
    execute format(
        'create policy tenant on %s for all using (is_reached(organization_id)) with check (is_reached(organization_id))',
        tenants_table
    );
end
$$;

do $$
declare
    tenants_table regclass;
begin
    for tenants_table in
        select c.oid::regclass from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        order by c.relname
    loop
        call wall_in(tenants_table);
    end loop;
end
$$;
