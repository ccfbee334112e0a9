-- PostgreSQL alone has policies on rows. Here a statement's own `organization_id` is the wall.
select 1;
