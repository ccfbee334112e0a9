//! Credits as the realtor reads them: what there is, what things cost, what each move was for.

mod balance;
mod purchases;
mod transactions;

use chrono::{DateTime, Utc};
use domain::{
    credits::{Credits, PriceList},
    fact::money,
    ledger::{Balance, MoveKind, Transaction},
    purchase::{Purchase, PurchaseState},
};
use serde::{Deserialize, Serialize};

pub use balance::*;
pub use purchases::*;
pub use transactions::*;

use super::{conversation::credits, when::When};

/// The head of the credits page, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditsView {
    pub available: String,
    pub held: String,
    pub used_this_month: String,
    /// Nothing left: answers have stopped.
    pub is_empty: bool,
    /// What it is for, and its price.
    pub prices: Vec<(String, String)>,
}

impl CreditsView {
    pub fn new(balance: Balance, prices: PriceList) -> Self {
        let listed = [
            ("A new bot", prices.bot),
            ("A source that was read", prices.source),
            ("An answer to a buyer", prices.reply),
            ("A visitor through a code", prices.scan),
        ];
        Self {
            available: balance.available.to_string(),
            held: balance.held.to_string(),
            used_this_month: balance.used_this_month.to_string(),
            is_empty: balance.available < prices.reply,
            prices: listed.map(|(what, price)| (what.to_owned(), credits(price))).into(),
        }
    }
}

/// A purchase, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseRow {
    /// `500`.
    pub credits: String,
    /// `$10`.
    pub price: String,
    pub state: PurchaseState,
    /// Why it failed.
    pub failure: Option<String>,
    pub at: When,
}

impl PurchaseRow {
    pub fn new(purchase: Purchase, now: DateTime<Utc>) -> Self {
        Self {
            credits: purchase.credits.to_string(),
            price: money(purchase.price_minor, Some("USD")),
            state: purchase.state,
            failure: purchase.failure,
            at: When::new(purchase.created_at, now),
        }
    }
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionRow {
    pub id: String,
    /// `Reserved`, `Charged`, `Added`.
    pub what: String,
    /// `Source “Floor plan.pdf”`.
    pub purpose: String,
    /// Where that can be looked up, if it has a page.
    pub link: Option<String>,
    /// `+1,000`, `−5`.
    pub change: String,
    pub at: When,
}

impl TransactionRow {
    pub fn new(transaction: Transaction, now: DateTime<Utc>) -> Self {
        let what = match transaction.kind {
            MoveKind::Grant => "Added",
            MoveKind::Hold => "Reserved",
            MoveKind::Capture | MoveKind::Spend => "Charged",
            MoveKind::Release => "Given back",
        };
        let page = match transaction.purpose.as_str() {
            "bot_creation" => Some("bots"),
            "data_training" => Some("knowledge"),
            "qr_scan" => Some("codes"),
            _ => None,
        };
        let link = page
            .zip(transaction.related_id)
            .map(|(page, id)| format!("/console/{page}/{id}"));
        let change = match transaction.kind {
            MoveKind::Grant | MoveKind::Release => transaction.amount,
            MoveKind::Hold | MoveKind::Capture | MoveKind::Spend => Credits::milli(-transaction.amount.as_milli()),
        };
        Self {
            id: transaction.id.to_string(),
            what: what.into(),
            purpose: transaction.description,
            link,
            change: signed(change),
            at: When::new(transaction.created_at, now),
        }
    }
}

/// With a sign a person sees: a true minus, not a hyphen.
fn signed(amount: Credits) -> String {
    match amount.as_milli() {
        0 => "0".into(),
        1.. => format!("+{amount}"),
        _ => amount.to_string().replace('-', "−"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::id::EntryId;

    use super::*;

    #[test]
    fn a_charge_is_a_change_whether_it_was_held_before_or_not() {
        let at = DateTime::UNIX_EPOCH;
        let id: EntryId = "018f3e8e-1111-7000-8000-000000000001".parse().unwrap();
        let row = |kind, purpose: &str| {
            let transaction = Transaction {
                id,
                kind,
                amount: Credits::milli(5000),
                purpose: purpose.into(),
                related_id: Some(id.uuid()),
                description: "Source".into(),
                created_at: at,
            };
            TransactionRow::new(transaction, at)
        };
        for (kind, change) in [
            (MoveKind::Capture, "−5"),
            (MoveKind::Spend, "−5"),
            (MoveKind::Grant, "+5"),
        ] {
            assert_eq!(row(kind, "data_training").change, change);
        }
        assert_eq!(
            row(MoveKind::Spend, "data_training").link.unwrap(),
            format!("/console/knowledge/{id}")
        );
        assert_eq!(row(MoveKind::Grant, "registration").link, None);
    }
}
