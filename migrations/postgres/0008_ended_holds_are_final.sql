-- A hold ends once: whoever would end it again is refused, whatever they had read before.
create function ledger_hold_is_over() returns trigger language plpgsql as $$
begin
    raise exception 'this hold is over already';
end $$;
create trigger ledger_hold_ends_once before update on ledger_hold
    for each row when (old.state <> 'pending') execute function ledger_hold_is_over();
