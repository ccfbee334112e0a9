//! The ledger's promises, on both databases.

mod model;
mod races;
mod rules;

use domain::{credits::Credits, id::HoldId};

use super::{Action, ClientKey, LedgerError, Move, Purpose, apply, balance, totals};
use crate::{Call, Engine};

fn credits(milli: i64) -> Credits {
    Credits::milli(milli)
}

fn purpose() -> Purpose {
    Purpose {
        name: "ai_conversation",
        related: None,
        description: "a test".into(),
        price_version: 1,
    }
}

fn grant(amount: i64) -> Action {
    Action::Grant {
        amount: credits(amount),
        purpose: purpose(),
    }
}

fn spend(amount: i64) -> Action {
    Action::Spend {
        amount: credits(amount),
        purpose: purpose(),
    }
}

fn hold(id: HoldId, amount: i64) -> Action {
    Action::Hold {
        hold: id,
        amount: credits(amount),
        purpose: purpose(),
    }
}

/// One move in a commit of its own.
async fn run(call: &Call, action: Action) -> Result<(), LedgerError> {
    run_keyed(call, action, None).await
}

async fn run_keyed(call: &Call, action: Action, key: Option<ClientKey>) -> Result<(), LedgerError> {
    let mut tx = call.engine().db().begin().await?;
    let one = Move {
        organization: call.organization(),
        action,
        key,
    };
    let outcome = super::apply_one(&mut tx, call.engine(), one).await;
    tx.commit().await?;
    outcome
}

/// `(available, held)` in milli-credits.
async fn standing(call: &Call) -> (i64, i64) {
    let now = balance(call).await.unwrap();
    (now.available.as_milli(), now.held.as_milli())
}

/// Every stored balance follows from its entries, and debits equal credits.
async fn assert_sound(engine: &Engine) {
    let totals = totals(engine).await.unwrap();
    assert_eq!((totals.drifted, totals.difference), (0, 0));
}

async fn apply_all(call: &Call, actions: Vec<Action>) -> Vec<Result<(), LedgerError>> {
    let moves: Vec<Move> = actions
        .into_iter()
        .map(|action| Move::new(call.organization(), action))
        .collect();
    let mut tx = call.engine().db().begin().await.unwrap();
    let outcomes = apply(&mut tx, call.engine().clock(), &moves).await.unwrap();
    tx.commit().await.unwrap();
    outcomes
}
