-- When the other one of a pair, given because an answer was lost, was used in its place.
alter table refresh_token add column superseded_at text;
