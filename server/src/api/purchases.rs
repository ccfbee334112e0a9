//! Buying credits.

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    id::PurchaseId,
    purchase::{Purchase, PurchaseForm, PurchaseState},
};
use engine::purchase;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    failures::{Conflict, Unavailable},
    number::whole,
};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Paging},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPurchase, examples(json!({ "amount": 500, "payment_method_id": "pm_1PgafyB7WZ01zgkW" })))]
pub(super) struct PurchaseIn {
    /// In whole credits.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    amount: i64,
    /// As the payment provider (Stripe) named the card.
    #[schema(pattern = "^[A-Za-z0-9_]+$", min_length = 1, max_length = 255)]
    payment_method_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Purchase)]
pub(super) struct PurchaseOut {
    transaction_id: PurchaseId,
    status: PurchaseState,
    /// In whole credits.
    amount: i64,
    /// In whole cents.
    price_minor: i64,
    currency: &'static str,
    /// What was added, in whole credits; `null` until it is paid.
    credits_added: Option<i64>,
    /// What could be spent right after that, in whole credits.
    new_balance: Option<i64>,
    /// Why it was not paid.
    details: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Purchase> for PurchaseOut {
    fn from(purchase: Purchase) -> Self {
        let credits = purchase.credits.floor();
        Self {
            transaction_id: purchase.id,
            status: purchase.state,
            amount: credits,
            price_minor: purchase.price_minor,
            currency: "usd",
            credits_added: (purchase.state == PurchaseState::Paid).then_some(credits),
            new_balance: purchase.balance_after.map(domain::credits::Credits::floor),
            details: purchase.failure,
            created_at: purchase.created_at,
            finished_at: purchase.finished_at,
        }
    }
}

/// Buy credits
///
/// The card is charged at once. The credits are there when the payment provider has confirmed it, mostly within seconds: then the
/// purchase is `paid`. Sent again with the same key, however often, it is paid once.
#[utoipa::path(
    post,
    path = "/credits/purchase",
    operation_id = "buy_credits",
    tag = "Credits",
    params((
        "Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$",
        description = "A key of your own, which what costs money needs.",
    )),
    responses(
        (
            status = 202,
            body = PurchaseOut,
            links(("follow" = (operation_id = "get_purchase", parameters(("id" = "$response.body#/transaction_id"))))),
        ),
        Conflict,
        Unavailable,
    ),
)]
pub(super) async fn buy(Caller(call): Caller, Input(body): Input<PurchaseIn>) -> Result<impl IntoResponse, ApiError> {
    let form = PurchaseForm {
        amount: body.amount,
        payment_method_id: body.payment_method_id,
    };
    let bought = purchase::buy(&call, &form).await?;
    Ok((StatusCode::ACCEPTED, Json(PurchaseOut::from(bought))))
}

/// List purchases
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/credits/purchases",
    operation_id = "list_purchases",
    tag = "Credits",
    responses((status = 200, body = [PurchaseOut])),
)]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = purchase::list(&call, paging.after(), paging.limit).await?;
    paging.list(page, PurchaseOut::from)
}

/// Read a purchase
#[utoipa::path(
    get,
    path = "/credits/purchases/{id}",
    operation_id = "get_purchase",
    tag = "Credits",
    responses((status = 200, body = PurchaseOut)),
)]
pub(super) async fn get(Caller(call): Caller, Id(id): Id<PurchaseId>) -> Result<Json<PurchaseOut>, ApiError> {
    Ok(Json(purchase::get(&call, id).await?.into()))
}
