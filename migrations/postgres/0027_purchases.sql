-- Credits that were bought: what was asked for, and what the payment provider said of it.
create table purchase (
    organization_id uuid not null references organization (id),
    -- The provider's events name it by this alone.
    id              uuid not null unique,
    account_id      uuid not null,
    -- The caller's own key: under one there is one purchase, for ever.
    client_key      text not null,
    payment_method  text not null,
    credits         bigint not null check (credits > 0),
    -- US cents.
    price_minor     bigint not null check (price_minor > 0),
    price_version   bigint not null,
    -- asked: not known yet to be with the provider. pending: it is, and has not said how it ended.
    state           text not null check (state in ('asked', 'pending', 'paid', 'failed')),
    -- The provider's name for the payment.
    payment         text,
    failure         text,
    -- Milli-credits that could be spent right after it was paid.
    balance_after   bigint,
    created_at      timestamptz not null,
    finished_at     timestamptz,
    primary key (organization_id, id),
    unique (organization_id, account_id, client_key),
    foreign key (organization_id, account_id) references account (organization_id, id),
    check ((state in ('paid', 'failed')) = (finished_at is not null)),
    check ((state = 'paid') = (balance_after is not null))
);
call wall_in('purchase');
