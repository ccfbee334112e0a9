-- Credits that were bought: what was asked for, and what the payment provider said of it.
create table purchase (
    organization_id blob not null references organization (id),
    -- The provider's events name it by this alone.
    id              blob not null unique,
    account_id      blob not null,
    -- The caller's own key: under one there is one purchase, for ever.
    client_key      text not null,
    payment_method  text not null,
    credits         integer not null check (credits > 0),
    -- US cents.
    price_minor     integer not null check (price_minor > 0),
    price_version   integer not null,
    -- asked: not known yet to be with the provider. pending: it is, and has not said how it ended.
    state           text not null check (state in ('asked', 'pending', 'paid', 'failed')),
    -- The provider's name for the payment.
    payment         text,
    failure         text,
    -- Milli-credits that could be spent right after it was paid.
    balance_after   integer,
    created_at      text not null,
    finished_at     text,
    primary key (organization_id, id),
    unique (organization_id, account_id, client_key),
    foreign key (organization_id, account_id) references account (organization_id, id),
    check ((state in ('paid', 'failed')) = (finished_at is not null)),
    check ((state = 'paid') = (balance_after is not null))
) strict;
