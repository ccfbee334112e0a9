-- A hold ends once: whoever would end it again is refused, whatever they had read before.
create trigger ledger_hold_ends_once before update on ledger_hold
when old.state <> 'pending'
begin select raise(abort, 'this hold is over already'); end;
