-- Letters that are yet to be handed over, of the whole platform. A row goes with its letter; what could not be handed over
-- stays without its text.
create table mail (
    id         blob not null primary key,
    recipient  text not null,
    subject    text not null,
    text       text not null,
    created_at text not null,
    attempts   integer not null default 0,
    next_at    text not null,
    failed_at  text,
    reason     text
) strict;
create index mail_next on mail (next_at) where failed_at is null;
