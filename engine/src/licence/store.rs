use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::{AccountId, FileId, LicenceId, OrganizationId},
    licence::{Licence, LicenceKind, LicenceStatus, REMIND_BEFORE, number_key},
};
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, statements};

/// A claim that holds, with its person and the owner of their organization.
macro_rules! licence {
    ($rest:literal) => {
        concat!(
            "select l.organization_id, l.id, l.account_id, l.state, l.number, l.kind, l.status, l.reason, l.expires_on, l.claimed_at, l.checked_at,
            l.next_check_at, l.reminded_at, l.review_since, l.document, l.document_kind, l.document_name, a.first_name, a.last_name, a.email, o.email as owner_email
            from licence l join account a on a.organization_id = l.organization_id and a.id = l.account_id
            join account o on o.organization_id = l.organization_id and o.role = 'owner' where l.status <> 'replaced' and ",
            $rest
        )
    };
}

statements! {
    LICENCE_OF_ACCOUNT = (licence!("l.organization_id = $1 and l.account_id = $2"));
    LICENCE_OF_OWNER = (licence!("l.organization_id = $1 and l.account_id = o.id"));
    LICENCES_OF_ORGANIZATION = (licence!("l.organization_id = $1 order by l.id"));
    LICENCE_BY_ID = (licence!("l.organization_id = $1 and l.id = $2"));
    // Keeps others from changing it until the commit.
    LICENCE_LOCK = "update licence set status = status where organization_id = $1 and id = $2 and status <> 'replaced'";
    REPLACE_LICENCE = "update licence set status = 'replaced', review_since = null where organization_id = $1 and account_id = $2 and status <> 'replaced'";
    INSERT_LICENCE = "insert into licence (organization_id, id, account_id, state, number, number_key, kind, status, claimed_at)
        values ($1, $2, $3, $4, $5, $6, $7, 'claimed', $8)";
    SET_LICENCE_KIND = "update licence set kind = $3 where organization_id = $1 and id = $2";
    SET_LICENCE_DOCUMENT = "update licence set document = $3, document_kind = $4, document_name = $5,
        review_since = case when status = 'verified' then review_since else $6 end,
        status = case status when 'refused' then 'pending' else status end,
        reason = case status when 'refused' then null else reason end
        where organization_id = $1 and id = $2 and status <> 'replaced'";
    DOCUMENT_IS_KEPT = "select count(*) from licence where organization_id = $1 and document = $2 and status <> 'replaced'";
    DECIDE_LICENCE = "update licence set status = $3, reason = $4, checked_at = $6, next_check_at = $7, review_since = $8,
        reminded_at = case when expires_on = $5 then reminded_at end, expires_on = $5
        where organization_id = $1 and id = $2 and status <> 'replaced'";
    // Asked across all tenants.
    NUMBER_IS_TAKEN = "select count(*) from licence l join licence t on t.state = l.state and t.number_key = l.number_key
        and t.status = 'verified' and t.id <> l.id where l.organization_id = $1 and l.id = $2";
    LICENCES_DUE = "select organization_id, id from licence where status = 'verified'
        and (expires_on < $1 or next_check_at <= $3 or (expires_on <= $2 and reminded_at is null)) order by id limit 100";
    SET_NEXT_CHECK = "update licence set next_check_at = $3 where organization_id = $1 and id = $2";
    SET_REMINDED = "update licence set reminded_at = $3 where organization_id = $1 and id = $2";
}

/// A claim with whom to tell of it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) organization: OrganizationId,
    pub(crate) id: LicenceId,
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) owner_email: String,
    pub(crate) licence: Licence,
    pub(super) next_check_at: Option<DateTime<Utc>>,
    pub(super) reminded_at: Option<DateTime<Utc>>,
    pub(super) review_since: Option<DateTime<Utc>>,
    pub(super) document: Option<Document>,
}

/// A file that was sent.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) id: FileId,
    pub(super) kind: String,
    pub(super) name: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    id: Uuid,
    account_id: Uuid,
    state: Option<String>,
    number: Option<String>,
    kind: String,
    status: String,
    reason: Option<String>,
    expires_on: Option<NaiveDate>,
    claimed_at: DateTime<Utc>,
    checked_at: Option<DateTime<Utc>>,
    next_check_at: Option<DateTime<Utc>>,
    reminded_at: Option<DateTime<Utc>>,
    review_since: Option<DateTime<Utc>>,
    document: Option<Uuid>,
    document_kind: Option<String>,
    document_name: Option<String>,
    first_name: String,
    last_name: String,
    email: String,
    owner_email: String,
}

/// A column's word as what it stands for.
pub(crate) fn parse_kind(text: String) -> Result<LicenceKind, DbError> {
    LicenceKind::parse(&text).ok_or(DbError::Corrupt {
        what: "licence kind",
        value: text,
    })
}

pub(crate) fn parse_status(text: String) -> Result<LicenceStatus, DbError> {
    LicenceStatus::parse(&text).ok_or(DbError::Corrupt {
        what: "licence status",
        value: text,
    })
}

impl TryFrom<Row> for Found {
    type Error = DbError;
    fn try_from(row: Row) -> Result<Self, DbError> {
        let document = match (row.document, row.document_kind, row.document_name) {
            (Some(id), Some(kind), Some(name)) => Some(Document {
                id: id.into(),
                kind,
                name,
            }),
            _ => None,
        };
        Ok(Self {
            organization: row.organization_id.into(),
            id: row.id.into(),
            account: row.account_id.into(),
            name: format!("{} {}", row.first_name, row.last_name),
            email: row.email,
            owner_email: row.owner_email,
            licence: Licence {
                state: row.state,
                number: row.number,
                kind: parse_kind(row.kind)?,
                status: parse_status(row.status)?,
                reason: row.reason,
                expires_on: row.expires_on,
                claimed_at: row.claimed_at,
                checked_at: row.checked_at,
                document: document.as_ref().map(|document| document.name.clone()),
            },
            next_check_at: row.next_check_at,
            reminded_at: row.reminded_at,
            review_since: row.review_since,
            document,
        })
    }
}

/// What somebody claims now.
pub(super) async fn of_account(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, Row, LICENCE_OF_ACCOUNT, organization.uuid(), account.uuid())?;
    row.map(Found::try_from).transpose()
}

/// What the owner of an organization claims: bots answer in the owner's name.
pub(super) async fn of_owner(tx: &mut Tx, organization: OrganizationId) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, Row, LICENCE_OF_OWNER, organization.uuid())?;
    row.map(Found::try_from).transpose()
}

/// All claims of an organization's people.
pub(super) async fn of_organization(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<Found>, DbError> {
    let rows = fetch_all!(tx, Row, LICENCES_OF_ORGANIZATION, organization.uuid())?;
    rows.into_iter().map(Found::try_from).collect()
}

/// A claim, unless it was replaced.
pub(super) async fn find(tx: &mut Tx, organization: OrganizationId, id: LicenceId) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, Row, LICENCE_BY_ID, organization.uuid(), id.uuid())?;
    row.map(Found::try_from).transpose()
}

/// The same as it stands until this transaction changes it.
pub(super) async fn find_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: LicenceId,
) -> Result<Option<Found>, DbError> {
    execute!(tx, LICENCE_LOCK, organization.uuid(), id.uuid())?;
    find(tx, organization, id).await
}

pub(super) struct Claim<'a> {
    pub(super) state: Option<&'a str>,
    pub(super) number: Option<&'a str>,
    pub(super) kind: LicenceKind,
}

/// A new claim in the place of an earlier one.
pub(super) async fn claim(
    tx: &mut Tx,
    (organization, account): (OrganizationId, AccountId),
    id: LicenceId,
    claim: &Claim<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, REPLACE_LICENCE, organization.uuid(), account.uuid())?;
    execute!(
        tx,
        INSERT_LICENCE,
        organization.uuid(),
        id.uuid(),
        account.uuid(),
        claim.state,
        claim.number,
        claim.number.map(number_key),
        claim.kind.as_str(),
        now
    )
    .map(|_| ())
}

pub(super) async fn set_kind(
    tx: &mut Tx,
    organization: OrganizationId,
    id: LicenceId,
    kind: LicenceKind,
) -> Result<(), DbError> {
    execute!(tx, SET_LICENCE_KIND, organization.uuid(), id.uuid(), kind.as_str()).map(|_| ())
}

/// Who sends a document has somebody look at it.
pub(super) async fn set_document(
    tx: &mut Tx,
    organization: OrganizationId,
    id: LicenceId,
    document: &Document,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(
        tx,
        SET_LICENCE_DOCUMENT,
        organization.uuid(),
        id.uuid(),
        document.id.uuid(),
        document.kind.as_str(),
        document.name.as_str(),
        now
    )
}

/// Whether a file is a claim's.
pub(super) async fn is_kept(tx: &mut Tx, organization: OrganizationId, file: FileId) -> Result<bool, DbError> {
    let (kept,): (i64,) = fetch_one!(tx, (i64,), DOCUMENT_IS_KEPT, organization.uuid(), file.uuid())?;
    Ok(kept > 0)
}

/// What became of a claim.
pub(super) struct Decided<'a> {
    pub(super) status: LicenceStatus,
    pub(super) reason: Option<&'a str>,
    pub(super) expires_on: Option<NaiveDate>,
    pub(super) checked_at: Option<DateTime<Utc>>,
    pub(super) next_check_at: Option<DateTime<Utc>>,
    pub(super) review_since: Option<DateTime<Utc>>,
}

/// Fails as not unique where the number is somebody else's meanwhile.
pub(super) async fn decide(
    tx: &mut Tx,
    organization: OrganizationId,
    id: LicenceId,
    decided: &Decided<'_>,
) -> Result<u64, DbError> {
    execute!(
        tx,
        DECIDE_LICENCE,
        organization.uuid(),
        id.uuid(),
        decided.status.as_str(),
        decided.reason,
        decided.expires_on,
        decided.checked_at,
        decided.next_check_at,
        decided.review_since
    )
}

/// Whether somebody else's claim to the same number was verified, in whatever organization.
pub(super) async fn is_taken(tx: &mut Tx, organization: OrganizationId, id: LicenceId) -> Result<bool, DbError> {
    let (taken,): (i64,) = fetch_one!(tx, (i64,), NUMBER_IS_TAKEN, organization.uuid(), id.uuid())?;
    Ok(taken > 0)
}

/// Verified claims whose day has come: over, nearly over, or to be asked again.
pub(super) async fn due(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<(OrganizationId, LicenceId)>, DbError> {
    let (today, soon) = (now.date_naive(), (now + REMIND_BEFORE).date_naive());
    let rows: Vec<(Uuid, Uuid)> = fetch_all!(tx, (Uuid, Uuid), LICENCES_DUE, today, soon, now)?;
    let ids = rows.into_iter();
    Ok(ids.map(|(organization, id)| (organization.into(), id.into())).collect())
}

pub(super) async fn set_next_check(
    tx: &mut Tx,
    organization: OrganizationId,
    id: LicenceId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, SET_NEXT_CHECK, organization.uuid(), id.uuid(), at).map(|_| ())
}

pub(super) async fn set_reminded(
    tx: &mut Tx,
    organization: OrganizationId,
    id: LicenceId,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, SET_REMINDED, organization.uuid(), id.uuid(), at).map(|_| ())
}
