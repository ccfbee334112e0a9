//! The ledger's rows. Batches travel as one JSON parameter, so that any number of rows is one statement.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    credits::Credits,
    id::{EntryId, HoldId, OrganizationId},
    ledger::{Balance, MoveKind, Transaction},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::{ClientKey, HoldState, Totals};
use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, later, statements};

statements! {
    OPEN_ACCOUNT = "insert into ledger_balance (organization_id, available, held, granted, spent) values ($1, 0, 0, 0, 0)";

    LOCK_ACCOUNTS = {
        sqlite: "select organization_id from ledger_balance where organization_id in (select unhex(value) from json_each($1))",
        postgres: "select organization_id from ledger_balance where organization_id in (select value::uuid from jsonb_array_elements_text($1))
            order by organization_id for update",
    };
    // The accounts of some organizations, each with those of their holds that are asked for.
    ACCOUNTS = {
        sqlite: "select b.organization_id, b.available, b.held, b.granted, b.spent,
            h.id, h.amount, h.captured, h.state, h.purpose, h.related_id, h.description, h.price_version, h.expires_at
            from ledger_balance b left join ledger_hold h on h.organization_id = b.organization_id and h.id in (select unhex(value) from json_each($2))
            where b.organization_id in (select unhex(value) from json_each($1)) order by b.organization_id",
        postgres: "select b.organization_id, b.available, b.held, b.granted, b.spent,
            h.id, h.amount, h.captured, h.state, h.purpose, h.related_id, h.description, h.price_version, h.expires_at
            from ledger_balance b left join ledger_hold h on h.organization_id = b.organization_id
            and h.id in (select value::uuid from jsonb_array_elements_text($2))
            where b.organization_id in (select value::uuid from jsonb_array_elements_text($1)) order by b.organization_id for update of b",
    };
    FIND_KEY = "select request_hash, outcome from ledger_key where organization_id = $1 and operation = $2 and client_key = $3";
    INSERT_KEY = "insert into ledger_key (organization_id, operation, client_key, request_hash, outcome, created_at)
        values ($1, $2, $3, $4, $5, $6)";
    INSERT_HOLDS = {
        sqlite: "insert into ledger_hold (organization_id, id, amount, captured, state, purpose, related_id, description, price_version, created_at, expires_at, resolved_at)
            select unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5, unhex(value ->> 6), value ->> 7, value ->> 8, $2, $3,
            case when value ->> 4 = 'pending' then null else $2 end from json_each($1)",
        postgres: "insert into ledger_hold (organization_id, id, amount, captured, state, purpose, related_id, description, price_version, created_at, expires_at, resolved_at)
            select (value ->> 0)::uuid, (value ->> 1)::uuid, (value ->> 2)::bigint, (value ->> 3)::bigint, value ->> 4, value ->> 5, (value ->> 6)::uuid, value ->> 7,
            (value ->> 8)::bigint, $2::timestamptz, $3, case when value ->> 4 = 'pending' then null else $2::timestamptz end from jsonb_array_elements($1)",
    };
    // A hold that is over already is refused by the store itself.
    RESOLVE_HOLDS = {
        sqlite: "update ledger_hold set state = value ->> 2, captured = value ->> 3, resolved_at = $2 from json_each($1)
            where ledger_hold.organization_id = unhex(value ->> 0) and ledger_hold.id = unhex(value ->> 1)",
        postgres: "update ledger_hold set state = value ->> 2, captured = (value ->> 3)::bigint, resolved_at = $2 from jsonb_array_elements($1)
            where ledger_hold.organization_id = (value ->> 0)::uuid and ledger_hold.id = (value ->> 1)::uuid",
    };
    INSERT_ENTRIES = {
        sqlite: "insert into ledger_entry (organization_id, id, kind, debit_account, credit_account, amount, hold_id, purpose, related_id, description, price_version, created_at)
            select unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, value ->> 5, unhex(value ->> 6), value ->> 7, unhex(value ->> 8),
            value ->> 9, value ->> 10, $2 from json_each($1)",
        postgres: "insert into ledger_entry (organization_id, id, kind, debit_account, credit_account, amount, hold_id, purpose, related_id, description, price_version, created_at)
            select (value ->> 0)::uuid, (value ->> 1)::uuid, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::bigint, (value ->> 6)::uuid, value ->> 7,
            (value ->> 8)::uuid, value ->> 9, (value ->> 10)::bigint, $2 from jsonb_array_elements($1)",
    };
    UPDATE_ACCOUNTS = {
        sqlite: "update ledger_balance set available = value ->> 1, held = value ->> 2, granted = value ->> 3, spent = value ->> 4,
            spent_before = case when month >= $2 then spent_before else spent end, month = case when month >= $2 then month else $2 end
            from json_each($1) where ledger_balance.organization_id = unhex(value ->> 0)",
        postgres: "update ledger_balance set available = (value ->> 1)::bigint, held = (value ->> 2)::bigint, granted = (value ->> 3)::bigint,
            spent = (value ->> 4)::bigint, spent_before = case when month >= $2 then spent_before else spent end, month = case when month >= $2 then month else $2 end
            from jsonb_array_elements($1) where ledger_balance.organization_id = (value ->> 0)::uuid",
    };

    BALANCE = "select available, held, case when month = $2 then spent - spent_before else 0 end as used
        from ledger_balance where organization_id = $1";
    TRANSACTIONS = "select id, kind, amount, purpose, related_id, description, created_at from ledger_entry
        where organization_id = $1 and (id < $2 or $2 is null) order by id desc limit $3";
    // What was held and is over shows as what was charged of it.
    HISTORY = "select e.id, e.kind, e.amount, e.purpose, e.related_id, e.description, e.created_at from ledger_entry e
        where e.organization_id = $1 and (e.id < $2 or $2 is null) and (e.kind in ('grant', 'capture', 'spend') or e.kind = 'hold' and exists (
            select 1 from ledger_hold h where h.organization_id = e.organization_id and h.id = e.hold_id and h.state = 'pending'))
        order by e.id desc limit $3";
    HOLD_AMOUNT = "select amount from ledger_hold where organization_id = $1 and id = $2 and state = 'pending'";
    HOLDS_DUE = "select organization_id, id from ledger_hold where state = 'pending' and expires_at <= $1 order by expires_at limit $2";
    TOTALS = "select
        (select count(*) from ledger_balance b where b.available <> (
            select coalesce(cast(sum(case when e.credit_account = 'available' then e.amount when e.debit_account = 'available' then -e.amount else 0 end) as bigint), 0)
            from ledger_entry e where e.organization_id = b.organization_id)
          or b.held <> (
            select coalesce(cast(sum(case when e.credit_account = 'held' then e.amount when e.debit_account = 'held' then -e.amount else 0 end) as bigint), 0)
            from ledger_entry e where e.organization_id = b.organization_id)) as drifted,
        (select count(*) from ledger_hold where state = 'pending') as pending_holds,
        (select coalesce(cast(sum(granted - available - held - spent) as bigint), 0) from ledger_balance) as difference";
}

/// One organization's accounts as a batch sees them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accounts {
    pub(super) available: Credits,
    pub(super) held: Credits,
    pub(super) granted: Credits,
    pub(super) spent: Credits,
    pub(super) changed: bool,
}

impl Accounts {
    /// `None` for the platform's side (`issued`), which has no limit.
    pub(super) fn account(&mut self, name: &str) -> Option<&mut Credits> {
        match name {
            "available" => Some(&mut self.available),
            "held" => Some(&mut self.held),
            "spent" => Some(&mut self.spent),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct StoredPurpose {
    pub(super) name: String,
    pub(super) related: Option<Uuid>,
    pub(super) description: String,
    pub(super) price_version: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Hold {
    pub(super) organization: OrganizationId,
    pub(super) id: HoldId,
    pub(super) amount: Credits,
    pub(super) captured: Credits,
    pub(super) state: HoldState,
    pub(super) purpose: StoredPurpose,
    pub(super) expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) organization: OrganizationId,
    pub(super) id: EntryId,
    pub(super) kind: MoveKind,
    pub(super) amount: Credits,
    pub(super) hold: Option<HoldId>,
    pub(super) purpose: StoredPurpose,
}

/// What a batch has decided to write.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) entries: Vec<Entry>,
    pub(super) new_holds: HashSet<HoldId>,
    pub(super) resolved: Vec<HoldId>,
}

#[derive(Clone, Debug)]
pub(super) struct KeyRecord {
    pub(super) request_hash: Vec<u8>,
    pub(super) outcome: StoredOutcome,
}

/// An outcome that is final under its key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub(super) enum StoredOutcome {
    Done {
        #[serde(default)]
        answer: Value,
    },
    Insufficient {
        short_by: Credits,
    },
}

pub(super) async fn open_account(tx: &mut Tx, organization: OrganizationId) -> Result<(), DbError> {
    execute!(tx, OPEN_ACCOUNT, organization.uuid()).map(|_| ())
}

#[derive(sqlx::FromRow)]
struct BookRow {
    organization_id: Uuid,
    available: i64,
    held: i64,
    granted: i64,
    spent: i64,
    /// The hold's; none where the account has none of those that are asked for.
    id: Option<Uuid>,
    amount: Option<i64>,
    captured: Option<i64>,
    state: Option<String>,
    purpose: Option<String>,
    related_id: Option<Uuid>,
    description: Option<String>,
    price_version: Option<i64>,
    expires_at: Option<DateTime<Utc>>,
}

impl BookRow {
    const fn accounts(&self) -> Accounts {
        Accounts {
            available: Credits::milli(self.available),
            held: Credits::milli(self.held),
            granted: Credits::milli(self.granted),
            spent: Credits::milli(self.spent),
            changed: false,
        }
    }

    fn hold(self) -> Result<Option<Hold>, DbError> {
        let (Some(id), Some(amount), Some(captured), Some(state), Some(name), Some(expires_at)) = (
            self.id,
            self.amount,
            self.captured,
            self.state,
            self.purpose,
            self.expires_at,
        ) else {
            return Ok(None);
        };
        let state = HoldState::parse(&state).ok_or(DbError::Corrupt {
            what: "hold state",
            value: state,
        })?;
        Ok(Some(Hold {
            organization: self.organization_id.into(),
            id: id.into(),
            amount: Credits::milli(amount),
            captured: Credits::milli(captured),
            state,
            purpose: StoredPurpose {
                name,
                related: self.related_id,
                description: self.description.unwrap_or_default(),
                price_version: self.price_version.unwrap_or_default(),
            },
            expires_at,
        }))
    }
}

/// The accounts of these organizations, and those of the holds that are theirs; locked until the commit.
pub(super) async fn lock_accounts(
    tx: &mut Tx,
    organizations: &[OrganizationId],
    holds: &[HoldId],
) -> Result<(HashMap<OrganizationId, Accounts>, HashMap<HoldId, Hold>), DbError> {
    let organizations = Json(hex_list(organizations.iter().map(|o| o.uuid())));
    // Whoever had to wait for a lock on PostgreSQL sees the locked row as it is then, but what is joined to it as it was
    // when the statement began.
    if !holds.is_empty() && !tx.is_alone() {
        fetch_all!(tx, (Uuid,), LOCK_ACCOUNTS, &organizations)?;
    }
    let rows = fetch_all!(
        tx,
        BookRow,
        ACCOUNTS,
        organizations,
        Json(hex_list(holds.iter().map(|id| id.uuid())))
    )?;
    let (mut accounts, mut held) = (HashMap::new(), HashMap::new());
    for row in rows {
        accounts
            .entry(OrganizationId::from(row.organization_id))
            .or_insert_with(|| row.accounts());
        if let Some(hold) = row.hold()? {
            held.insert(hold.id, hold);
        }
    }
    Ok((accounts, held))
}

pub(super) async fn key(
    tx: &mut Tx,
    organization: OrganizationId,
    key: &ClientKey,
) -> Result<Option<KeyRecord>, DbError> {
    let row = fetch_optional!(
        tx,
        (Vec<u8>, Json<StoredOutcome>),
        FIND_KEY,
        organization.uuid(),
        key.operation.as_str(),
        key.key.as_str()
    )?;
    Ok(row.map(|(request_hash, Json(outcome))| KeyRecord { request_hash, outcome }))
}

pub(super) async fn insert_key(
    tx: &mut Tx,
    organization: OrganizationId,
    key: &ClientKey,
    record: &KeyRecord,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_KEY,
        organization.uuid(),
        key.operation.as_str(),
        key.key.as_str(),
        record.request_hash.as_slice(),
        Json(&record.outcome),
        now
    )
    .map(|_| ())
}

pub(super) async fn write(
    tx: &mut Tx,
    written: &Written,
    balances: &HashMap<OrganizationId, Accounts>,
    holds: &HashMap<HoldId, Hold>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let new_holds: Vec<Value> = written
        .new_holds
        .iter()
        .filter_map(|id| holds.get(id))
        .map(|hold| {
            json!([
                hex(hold.organization.uuid()),
                hex(hold.id.uuid()),
                hold.amount,
                hold.captured,
                hold.state.as_str(),
                hold.purpose.name,
                hold.purpose.related.map(hex),
                hold.purpose.description,
                hold.purpose.price_version
            ])
        })
        .collect();
    if !new_holds.is_empty() {
        let expires = super::hold_expiry(now);
        later!(tx, INSERT_HOLDS, Json(new_holds), now, expires)?;
    }
    let resolved: Vec<Value> = written
        .resolved
        .iter()
        .filter_map(|id| holds.get(id))
        .map(|hold| {
            json!([
                hex(hold.organization.uuid()),
                hex(hold.id.uuid()),
                hold.state.as_str(),
                hold.captured
            ])
        })
        .collect();
    if !resolved.is_empty() {
        later!(tx, RESOLVE_HOLDS, Json(resolved), now)?;
    }
    if !written.entries.is_empty() {
        let entries: Vec<Value> = written.entries.iter().map(entry_row).collect();
        later!(tx, INSERT_ENTRIES, Json(entries), now)?;
        let changed: Vec<Value> = balances
            .iter()
            .filter(|(_, a)| a.changed)
            .map(|(id, a)| json!([hex(id.uuid()), a.available, a.held, a.granted, a.spent]))
            .collect();
        later!(tx, UPDATE_ACCOUNTS, Json(changed), month(now))?;
    }
    Ok(())
}

fn entry_row(entry: &Entry) -> Value {
    let (debit, credit) = entry.kind.accounts();
    json!([
        hex(entry.organization.uuid()),
        hex(entry.id.uuid()),
        entry.kind.as_str(),
        debit,
        credit,
        entry.amount,
        entry.hold.map(|hold| hex(hold.uuid())),
        entry.purpose.name,
        entry.purpose.related.map(hex),
        entry.purpose.description,
        entry.purpose.price_version
    ])
}

/// The month of a moment, in UTC: `2026-03`. Months compare as texts.
fn month(at: DateTime<Utc>) -> String {
    at.format("%Y-%m").to_string()
}

/// Ids travel in JSON as bare hexadecimal digits, which both databases read back.
fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

fn hex_list(ids: impl Iterator<Item = Uuid>) -> Vec<String> {
    ids.map(hex).collect()
}

pub(super) async fn balance(tx: &mut Tx, organization: OrganizationId, now: DateTime<Utc>) -> Result<Balance, DbError> {
    let (available, held, used): (i64, i64, i64) =
        fetch_one!(tx, (i64, i64, i64), BALANCE, organization.uuid(), month(now))?;
    Ok(Balance {
        available: Credits::milli(available),
        held: Credits::milli(held),
        used_this_month: Credits::milli(used),
    })
}

#[derive(sqlx::FromRow)]
struct TransactionRow {
    id: Uuid,
    kind: String,
    amount: i64,
    purpose: String,
    related_id: Option<Uuid>,
    description: String,
    created_at: DateTime<Utc>,
}

impl TryFrom<TransactionRow> for Transaction {
    type Error = DbError;
    fn try_from(row: TransactionRow) -> Result<Self, DbError> {
        Ok(Self {
            id: row.id.into(),
            kind: MoveKind::parse(&row.kind).ok_or(DbError::Corrupt {
                what: "move kind",
                value: row.kind,
            })?,
            amount: Credits::milli(row.amount),
            purpose: row.purpose,
            related_id: row.related_id,
            description: row.description,
            created_at: row.created_at,
        })
    }
}

/// Every move, or the `lasting` ones: what was added, charged, and is held now. Newest first.
pub(super) async fn transactions(
    tx: &mut Tx,
    organization: OrganizationId,
    lasting: bool,
    after: Option<EntryId>,
    limit: i64,
) -> Result<Vec<Transaction>, DbError> {
    let after = after.map(EntryId::uuid);
    let text = if lasting { &HISTORY } else { &TRANSACTIONS };
    let rows = fetch_all!(tx, TransactionRow, *text, organization.uuid(), after, limit)?;
    rows.into_iter().map(Transaction::try_from).collect()
}

/// The most holds that one commit gives back.
pub(super) const DUE_AT_ONCE: usize = 500;

pub(super) async fn holds_due(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<(OrganizationId, HoldId)>, DbError> {
    let rows = fetch_all!(tx, (Uuid, Uuid), HOLDS_DUE, now, DUE_AT_ONCE as i64)?;
    Ok(rows
        .into_iter()
        .map(|(organization, hold)| (organization.into(), hold.into()))
        .collect())
}

pub(super) async fn totals(tx: &mut Tx) -> Result<Totals, DbError> {
    let (drifted, pending_holds, difference) = fetch_one!(tx, (i64, i64, i64), TOTALS)?;
    Ok(Totals {
        drifted,
        pending_holds,
        difference,
    })
}

pub(super) async fn hold_amount(
    tx: &mut Tx,
    organization: OrganizationId,
    hold: HoldId,
) -> Result<Option<Credits>, DbError> {
    let row = fetch_optional!(tx, (i64,), HOLD_AMOUNT, organization.uuid(), hold.uuid())?;
    Ok(row.map(|(amount,)| Credits::milli(amount)))
}
