-- The sites that may show a bot's porch in a frame, and ask it from their own scripts: a list of origins.
alter table bot add column origins text not null default '[]' check (json_valid(origins));
