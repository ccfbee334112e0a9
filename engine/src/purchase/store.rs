use chrono::{DateTime, Utc};
use domain::{
    credits::Credits,
    id::{AccountId, OrganizationId, PurchaseId},
    purchase::{Purchase, PurchaseState},
};
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_optional, statements};

macro_rules! columns {
    () => {
        "id, payment_method, credits, price_minor, price_version, state, failure, balance_after, created_at, finished_at"
    };
}

statements! {
    // Of two at once under one key the second waits here, then finds the first.
    INSERT_PURCHASE = "insert into purchase (organization_id, id, account_id, client_key, payment_method, credits, price_minor, price_version, state, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'asked', $9) on conflict (organization_id, account_id, client_key) do nothing";
    PURCHASE_BY_KEY = (concat!("select ", columns!(), " from purchase where organization_id = $1 and account_id = $2 and client_key = $3"));
    FIND_PURCHASE = (concat!("select ", columns!(), " from purchase where organization_id = $1 and id = $2"));
    LIST_PURCHASES = (concat!("select ", columns!(), " from purchase where organization_id = $1 and (id < $2 or $2 is null) order by id desc limit $3"));
    // Reads and keeps others from changing it until the commit.
    PURCHASE_TO_CHANGE = (concat!("update purchase set state = state where organization_id = $1 and id = $2 returning ", columns!()));
    ORGANIZATION_OF_PURCHASE = "select organization_id from purchase where id = $1";
    PURCHASE_PENDING = "update purchase set state = 'pending', payment = $3 where organization_id = $1 and id = $2 and state = 'asked'";
    // Paid after all is possible, since the provider says what it has taken.
    PURCHASE_PAID = "update purchase set state = 'paid', payment = $3, failure = null, balance_after = $4, finished_at = $5
        where organization_id = $1 and id = $2";
    PURCHASE_FAILED = "update purchase set state = 'failed', failure = $3, finished_at = $4
        where organization_id = $1 and id = $2 and state in ('asked', 'pending')";
}

/// A purchase as it is worked on.
pub(super) struct Kept {
    pub(super) purchase: Purchase,
    pub(super) payment_method: String,
    pub(super) price_version: i64,
    /// The provider has not been asked, or has not answered.
    pub(super) is_asked: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    payment_method: String,
    credits: i64,
    price_minor: i64,
    price_version: i64,
    state: String,
    failure: Option<String>,
    balance_after: Option<i64>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Kept {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let state = match row.state.as_str() {
            "asked" | "pending" => PurchaseState::Pending,
            "paid" => PurchaseState::Paid,
            "failed" => PurchaseState::Failed,
            _ => {
                return Err(DbError::Corrupt {
                    what: "state of a purchase",
                    value: row.state,
                });
            }
        };
        Ok(Self {
            is_asked: row.state == "asked",
            payment_method: row.payment_method,
            price_version: row.price_version,
            purchase: Purchase {
                id: row.id.into(),
                state,
                credits: Credits::milli(row.credits),
                price_minor: row.price_minor,
                failure: row.failure,
                balance_after: row.balance_after.map(Credits::milli),
                created_at: row.created_at,
                finished_at: row.finished_at,
            },
        })
    }
}

pub(super) struct New<'a> {
    pub(super) id: PurchaseId,
    pub(super) account: AccountId,
    pub(super) client_key: &'a str,
    pub(super) payment_method: &'a str,
    pub(super) credits: Credits,
    pub(super) price_minor: i64,
    pub(super) price_version: i64,
}

/// False where there is one under the key already.
pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let rows = execute!(
        tx,
        INSERT_PURCHASE,
        organization.uuid(),
        new.id.uuid(),
        new.account.uuid(),
        new.client_key,
        new.payment_method,
        new.credits.as_milli(),
        new.price_minor,
        new.price_version,
        now,
    )?;
    Ok(rows == 1)
}

pub(super) async fn by_key(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    key: &str,
) -> Result<Option<Kept>, DbError> {
    let row = fetch_optional!(tx, Row, PURCHASE_BY_KEY, organization.uuid(), account.uuid(), key)?;
    row.map(Kept::try_from).transpose()
}

pub(super) async fn find(tx: &mut Tx, organization: OrganizationId, id: PurchaseId) -> Result<Option<Kept>, DbError> {
    let row = fetch_optional!(tx, Row, FIND_PURCHASE, organization.uuid(), id.uuid())?;
    row.map(Kept::try_from).transpose()
}

pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    after: Option<PurchaseId>,
    limit: i64,
) -> Result<Vec<Purchase>, DbError> {
    let after = after.map(PurchaseId::uuid);
    let rows = fetch_all!(tx, Row, LIST_PURCHASES, organization.uuid(), after, limit)?;
    rows.into_iter().map(|row| Ok(Kept::try_from(row)?.purchase)).collect()
}

pub(super) async fn to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: PurchaseId,
) -> Result<Option<Kept>, DbError> {
    let row = fetch_optional!(tx, Row, PURCHASE_TO_CHANGE, organization.uuid(), id.uuid())?;
    row.map(Kept::try_from).transpose()
}

pub(super) async fn organization_of(tx: &mut Tx, id: PurchaseId) -> Result<Option<OrganizationId>, DbError> {
    let row = fetch_optional!(tx, (Uuid,), ORGANIZATION_OF_PURCHASE, id.uuid())?;
    Ok(row.map(|(id,)| id.into()))
}

pub(super) async fn pending(
    tx: &mut Tx,
    organization: OrganizationId,
    id: PurchaseId,
    payment: &str,
) -> Result<u64, DbError> {
    execute!(tx, PURCHASE_PENDING, organization.uuid(), id.uuid(), payment)
}

pub(super) async fn paid(
    tx: &mut Tx,
    organization: OrganizationId,
    id: PurchaseId,
    payment: &str,
    balance: Credits,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(
        tx,
        PURCHASE_PAID,
        organization.uuid(),
        id.uuid(),
        payment,
        balance.as_milli(),
        now
    )
}

pub(super) async fn failed(
    tx: &mut Tx,
    organization: OrganizationId,
    id: PurchaseId,
    failure: &str,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(tx, PURCHASE_FAILED, organization.uuid(), id.uuid(), failure, now)
}
