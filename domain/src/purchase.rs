//! Credits that are bought.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fault, credits::Credits, fault::Checks, id::PurchaseId};

/// The most credits of one purchase.
pub const AMOUNT_MAX: i64 = 1_000_000;
/// The longest name of a way to pay, in characters.
pub const PAYMENT_METHOD_MAX: usize = 255;

/// What to buy, and how it is paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseForm {
    /// In whole credits.
    pub amount: i64,
    /// As the payment provider named the card: `pm_…`.
    pub payment_method_id: String,
}

impl PurchaseForm {
    /// What is wrong with it, if anything.
    pub fn check(&self) -> Result<(), Fault> {
        let mut checks = Checks::default();
        let amount = (1..=AMOUNT_MAX).contains(&self.amount);
        checks.ensure(amount, "amount", "Buy 1 to 1,000,000 credits at a time.");
        let method = &self.payment_method_id;
        let named = method.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let named = named && (1..=PAYMENT_METHOD_MAX).contains(&method.len());
        let text = "Give the name that the payment provider has for the card, such as pm_1PgafyB7WZ01zgkW.";
        checks.ensure(named, "payment_method_id", text);
        checks.finish()
    }
}

/// How far a purchase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PurchaseState {
    /// The payment provider has not confirmed the payment yet.
    Pending,
    /// The credits are there.
    Paid,
    /// It was not paid; nothing was credited.
    Failed,
}

/// A purchase of credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    pub id: PurchaseId,
    pub state: PurchaseState,
    pub credits: Credits,
    /// In US cents.
    pub price_minor: i64,
    /// Why it failed.
    pub failure: Option<String>,
    /// What could be spent right after it was paid.
    pub balance_after: Option<Credits>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_and_a_card_are_needed() {
        let form = |amount, method: &str| PurchaseForm {
            amount,
            payment_method_id: method.into(),
        };
        for good in [form(1, "pm_1"), form(AMOUNT_MAX, "pm_card_visa")] {
            assert_eq!(good.check(), Ok(()));
        }
        for (bad, field) in [
            (form(0, "pm_1"), "amount"),
            (form(-5, "pm_1"), "amount"),
            (form(AMOUNT_MAX + 1, "pm_1"), "amount"),
            (form(5, ""), "payment_method_id"),
            (form(5, "pm_1&amount=1"), "payment_method_id"),
            (form(5, &"p".repeat(256)), "payment_method_id"),
        ] {
            assert!(bad.check().unwrap_err().for_field(field).is_some(), "{bad:?}");
        }
    }
}
