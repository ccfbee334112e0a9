//! Credits: the balance and what became of them.

use axum::Json;
use chrono::{DateTime, Utc};
use domain::{
    id::{EntryId, OrganizationId},
    ledger::{MoveKind, Transaction},
};
use engine::{Call, ledger};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::ApiError,
    extract::{Caller, List, Paging},
};

/// Whole credits, rounded down, and the exact milli-credits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Balance)]
pub(super) struct BalanceOut {
    current_credits: i64,
    credits_remaining: i64,
    held: i64,
    usage_this_month: i64,
    current_credits_milli: i64,
    held_milli: i64,
    usage_this_month_milli: i64,
    /// There is one plan.
    subscription_plan: &'static str,
}

/// Read the balance
#[utoipa::path(
    get,
    path = "/credits/balance",
    operation_id = "get_balance",
    tag = "Credits",
    responses((status = 200, body = BalanceOut)),
)]
pub(super) async fn balance(Caller(call): Caller) -> Result<Json<BalanceOut>, ApiError> {
    let balance = ledger::balance(&call).await?;
    Ok(Json(BalanceOut {
        current_credits: balance.available.floor(),
        credits_remaining: balance.available.floor(),
        held: balance.held.floor(),
        usage_this_month: balance.used_this_month.floor(),
        current_credits_milli: balance.available.as_milli(),
        held_milli: balance.held.as_milli(),
        usage_this_month_milli: balance.used_this_month.as_milli(),
        subscription_plan: "starter",
    }))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transaction)]
struct TransactionOut {
    transaction_id: EntryId,
    organization_id: OrganizationId,
    /// The effect on what can be spent, in whole credits towards zero; `amount_milli` is exact.
    amount: i64,
    amount_milli: i64,
    /// What it was for.
    #[serde(rename = "type")]
    purpose: String,
    /// Which move it was: grant, hold, capture, release, spend.
    kind: MoveKind,
    /// What was moved, whichever way.
    moved_milli: i64,
    related_entity_id: Option<Uuid>,
    description: String,
    transaction_date: DateTime<Utc>,
    created_at: DateTime<Utc>,
}

impl TransactionOut {
    fn of(call: &Call, transaction: Transaction) -> Self {
        let effect = transaction.effect().as_milli();
        Self {
            transaction_id: transaction.id,
            organization_id: call.organization(),
            amount: effect / 1000,
            amount_milli: effect,
            purpose: transaction.purpose,
            kind: transaction.kind,
            moved_milli: transaction.amount.as_milli(),
            related_entity_id: transaction.related_id,
            description: transaction.description,
            transaction_date: transaction.created_at,
            created_at: transaction.created_at,
        }
    }
}

/// List what became of the credits
///
/// Newest first. Work that takes its time is a hold first, then a capture or a release.
#[utoipa::path(
    get,
    path = "/credits/transactions",
    operation_id = "list_transactions",
    tag = "Credits",
    responses((status = 200, body = [TransactionOut])),
)]
pub(super) async fn transactions(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = ledger::transactions(&call, paging.after(), paging.limit).await?;
    paging.list(page, |transaction| TransactionOut::of(&call, transaction))
}
