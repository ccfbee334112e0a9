//! Credits, kept by double entry.
//!
//! Every change is a *move* between one legal pair of an organization's accounts (see
//! [`domain::ledger::MoveKind`]). Work that can fail is paid in two steps: a *hold* before it, then a
//! *capture* of what was delivered, which gives the rest back, or a *void*. [`apply`] is the only way to
//! write moves; it takes any number of them at once, so that one commit can carry many.

#![deny(clippy::float_arithmetic)]

mod apply;
mod once;
mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    credits::Credits,
    id::{EntryId, HoldId, OrganizationId},
    ledger::{Balance, MoveKind, Transaction},
    page::{self, Page},
    tenancy,
};
use uuid::Uuid;

use crate::{
    Call, Engine, Error,
    db::{DbError, Reach, Tx},
    failpoint,
};

pub(crate) use apply::apply;
pub(crate) use once::{Once, charged};

/// A hold that nobody resolved is given back after this long.
pub const HOLD_LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// What the credits are for, and where that can be looked up.
#[derive(Clone, Debug)]
pub struct Purpose {
    /// `purchase`, `bot_creation`, `data_training`, `ai_conversation`, `qr_scan`, `registration`.
    pub name: &'static str,
    pub related: Option<Uuid>,
    pub description: String,
    pub price_version: i64,
}

/// One thing to do to an organization's credits.
#[derive(Clone, Debug)]
pub enum Action {
    Grant {
        amount: Credits,
        purpose: Purpose,
    },
    Spend {
        amount: Credits,
        purpose: Purpose,
    },
    Hold {
        hold: HoldId,
        amount: Credits,
        purpose: Purpose,
    },
    /// Takes `amount` of the hold and gives the rest back.
    Capture {
        hold: HoldId,
        amount: Credits,
    },
    /// Gives the whole hold back.
    Void {
        hold: HoldId,
    },
    /// The same for a hold past its time.
    Expire {
        hold: HoldId,
    },
}

#[derive(Clone, Debug)]
pub struct Move {
    pub organization: OrganizationId,
    pub action: Action,
}

impl Move {
    pub const fn new(organization: OrganizationId, action: Action) -> Self {
        Self { organization, action }
    }
}

/// The longest idempotency key, in characters.
pub const CLIENT_KEY_MAX: usize = 255;

/// A caller's idempotency key within an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientKey {
    pub operation: String,
    pub key: String,
}

impl ClientKey {
    /// 1 to [`CLIENT_KEY_MAX`] visible ASCII characters.
    pub fn new(operation: &str, key: &str) -> Result<Self, LedgerError> {
        let good = (1..=CLIENT_KEY_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        if good {
            Ok(Self {
                operation: operation.to_owned(),
                key: key.to_owned(),
            })
        } else {
            Err(LedgerError::BadKey)
        }
    }
}

/// How a hold ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldState {
    Pending,
    Captured,
    Voided,
    Expired,
}

impl HoldState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Captured => "captured",
            Self::Voided => "voided",
            Self::Expired => "expired",
        }
    }
    fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Captured, Self::Voided, Self::Expired]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("not enough credits")]
    Insufficient { short_by: Credits },
    #[error("the hold was already {}", .0.as_str())]
    AlreadyResolved(HoldState),
    #[error("there is no such hold")]
    NoSuchHold,
    #[error("more than the hold was to be captured")]
    OverCapture,
    #[error("the hold's time is over")]
    HoldExpired,
    #[error("the hold's time is not over")]
    NotDue,
    #[error("the amount must be positive")]
    NotPositive,
    #[error("the amount is too large")]
    Overflow,
    #[error("the key was used for another request")]
    KeyReused,
    #[error("the key must have 1 to 255 visible characters")]
    BadKey,
    #[error("the organization has no credits account")]
    NoAccount,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// One move by itself, in the caller's transaction: charge and effect commit together.
pub(crate) async fn apply_one(tx: &mut Tx, engine: &Engine, one: Move) -> Result<(), LedgerError> {
    let mut outcomes = apply(tx, engine.outbox(), std::slice::from_ref(&one)).await?;
    outcomes.pop().unwrap_or(Err(LedgerError::NoAccount))
}

/// Opens an organization's accounts. Part of registration.
pub(crate) async fn open_account(tx: &mut Tx, organization: OrganizationId) -> Result<(), DbError> {
    store::open_account(tx, organization).await
}

/// What can be spent, what is reserved, and what was used since the first of the month.
pub async fn balance(call: &Call) -> Result<Balance, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::balance(&mut tx, call.organization(), call.engine().clock().now()).await?)
}

/// The same in a transaction that has moved credits.
pub(crate) async fn balance_in(
    tx: &mut Tx,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Balance, DbError> {
    store::balance(tx, organization, now).await
}

/// Every move, newest first.
pub async fn transactions(call: &Call, after: Option<&str>, limit: Option<u32>) -> Result<Page<Transaction>, Error> {
    moves(call, false, after, limit).await
}

/// What was added, charged, and is held now, newest first: the moves without those that only set credits aside for a
/// moment.
pub async fn history(call: &Call, after: Option<&str>, limit: Option<u32>) -> Result<Page<Transaction>, Error> {
    moves(call, true, after, limit).await
}

async fn moves(
    call: &Call,
    lasting: bool,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Transaction>, Error> {
    call.must(tenancy::Action::SeeBilling)?;
    let (after, limit) = (after.map(str::parse::<EntryId>).transpose()?, page::limit(limit));
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::transactions(&mut tx, call.organization(), lasting, after, i64::from(limit) + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// Gives back every hold whose time is over. Run by the sweeper; returns how many there were.
pub async fn expire_due(engine: &Engine) -> Result<usize, Error> {
    let mut all = 0;
    loop {
        let mut tx = engine.db().begin(Reach::Everyone).await?;
        let due = store::holds_due(&mut tx, engine.clock().now()).await?;
        let found = due.len();
        let moves: Vec<Move> = due
            .into_iter()
            .map(|(organization, hold)| Move::new(organization, Action::Expire { hold }))
            .collect();
        if moves.is_empty() {
            return Ok(all);
        }
        let outcomes = apply(&mut tx, engine.outbox(), &moves).await?;
        tx.commit_at(failpoint::HOLD_EXPIRE).await?;
        let expired = outcomes.into_iter().filter(Result::is_ok).count();
        all += expired;
        // However many there are, such as after a standstill, none waits for the next sweep. A commit holds a batch of
        // them, so that others can write in between.
        if found < store::DUE_AT_ONCE || expired == 0 {
            return Ok(all);
        }
    }
}

/// How much a hold that is still pending reserved.
pub(crate) async fn hold_amount(
    tx: &mut Tx,
    organization: OrganizationId,
    hold: HoldId,
) -> Result<Option<Credits>, DbError> {
    store::hold_amount(tx, organization, hold).await
}

/// Sums over the whole ledger: what an operator and the tests look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Organizations whose stored balance differs from their entries. Must be 0.
    pub drifted: i64,
    pub pending_holds: i64,
    /// Debits minus credits over all accounts. Must be 0.
    pub difference: i64,
}

pub async fn totals(engine: &Engine) -> Result<Totals, Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    Ok(store::totals(&mut tx).await?)
}

/// Spends a thousandth of a credit so many times in one commit. What `make bench` measures; nothing else calls it.
#[doc(hidden)]
pub async fn spend_together(call: &Call, times: usize) -> Result<(), Error> {
    let purpose = || Purpose {
        name: domain::credits::Priced::AiConversation.as_str(),
        related: Some(call.account().uuid()),
        description: "Reply of “Elm Street”".into(),
        price_version: call.engine().config().prices.version,
    };
    let spend = || Action::Spend {
        amount: Credits::milli(1),
        purpose: purpose(),
    };
    let moves: Vec<Move> = (0..times).map(|_| Move::new(call.organization(), spend())).collect();
    let mut tx = call.engine().db().begin(call.organization()).await?;
    for outcome in apply(&mut tx, call.engine().outbox(), &moves).await? {
        outcome?;
    }
    Ok(tx.commit().await?)
}

/// The instant at which a hold made now would be given back.
pub(crate) fn hold_expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    now + HOLD_LIFETIME
}

/// Which kind of entry moves what an action asks for.
pub(crate) const fn kind_of(action: &Action) -> MoveKind {
    match action {
        Action::Grant { .. } => MoveKind::Grant,
        Action::Spend { .. } => MoveKind::Spend,
        Action::Hold { .. } => MoveKind::Hold,
        Action::Capture { .. } => MoveKind::Capture,
        Action::Void { .. } | Action::Expire { .. } => MoveKind::Release,
    }
}
