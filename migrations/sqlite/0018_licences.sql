-- Licences of realtors: what was claimed, and what became of it. A row is one claim; another claim replaces it.
create table licence (
    organization_id blob not null,
    id              blob not null,
    account_id      blob not null,
    -- The code of a state, or what was typed at registration.
    state           text,
    number          text,
    -- The number as it is compared: letters and digits alone, in capitals.
    number_key      text,
    kind            text not null check (kind in ('agent', 'broker')),
    status          text not null check (status in ('claimed', 'pending', 'verified', 'refused', 'expired', 'replaced')),
    reason          text,
    -- The last day that it holds on.
    expires_on      text,
    claimed_at      text not null,
    -- When it was last found to hold, and when that is asked again.
    checked_at      text,
    next_check_at   text,
    -- When the realtor was told that its end is near.
    reminded_at     text,
    -- Since when somebody of the platform is to look at it.
    review_since    text,
    -- The file that shows it.
    document        blob,
    document_kind   text,
    document_name   text,
    primary key (organization_id, id),
    foreign key (organization_id, account_id) references account (organization_id, id)
) strict, without rowid;
-- One claim an account.
create unique index licence_account on licence (organization_id, account_id) where status <> 'replaced';
-- Whose a number is, is settled by its verification and not before.
create unique index licence_verified on licence (state, number_key) where status = 'verified';
create index licence_review on licence (review_since) where review_since is not null;

insert into licence (organization_id, id, account_id, state, number, number_key, kind, status, claimed_at, review_since)
select organization_id, randomblob(16), id, license_state, license_number,
    upper(replace(replace(replace(license_number, ' ', ''), '-', ''), '.', '')), 'agent',
    case when license_number is not null and length(license_state) = 2 then 'pending' else 'claimed' end, created_at,
    case when license_number is not null and length(license_state) = 2 then created_at end
from account where license_number is not null or license_state is not null;
update licence set state = upper(state) where length(state) = 2;

alter table account drop column license_number;
alter table account drop column license_state;
alter table account drop column is_verified;
