//! The ledger's promises, on both databases.

mod keys;
mod model;
mod races;
mod rules;
mod time;
mod twins;

use domain::{
    credits::Credits,
    id::{HoldId, OrganizationId},
};

use super::{Action, ClientKey, LedgerError, Move, Once, Purpose, apply, balance, charged, totals};
use crate::{Call, Engine, Scope, db::Reach, testing::World};

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
    let request = (super::kind_of(&action).as_str(), amount_of(&action));
    let once = key.map(|key| Once::new(call, key, &request)).transpose()?;
    let engine = call.engine();
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    if let Some(once) = &once
        && once.earlier::<()>(&mut tx).await?.is_some()
    {
        return Ok(());
    }
    let mut tx = charged(tx, engine, Move::new(call.organization(), action), once.as_ref()).await?;
    if let Some(once) = &once {
        once.done(&mut tx, engine.clock(), &()).await?;
    }
    Ok(tx.commit().await?)
}

fn amount_of(action: &Action) -> i64 {
    match action {
        Action::Grant { amount, .. }
        | Action::Spend { amount, .. }
        | Action::Hold { amount, .. }
        | Action::Capture { amount, .. } => amount.as_milli(),
        Action::Void { .. } | Action::Expire { .. } => 0,
    }
}

/// An organization with `start` to spend and nobody who could sign in: hashing a password takes longer than a history.
async fn account(world: &World, id: OrganizationId, start: i64) -> Call {
    let engine = &world.engine;
    let mut tx = engine.db().begin(Reach::Everyone).await.unwrap();
    crate::organization::open(
        &mut tx,
        engine.clock(),
        id,
        "Test Homes",
        &"test@example.com".parse().unwrap(),
    )
    .await
    .unwrap();
    super::open_account(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    let scope = Scope {
        address: None,
        organization: id,
        account: engine.clock().new_id(),
        role: domain::tenancy::Role::Owner,
        session: engine.clock().new_id(),
        proved_at: engine.clock().now(),
        key: None,
    };
    let call = Call::new(engine.clone(), scope);
    if start > 0 {
        run(&call, grant(start)).await.unwrap();
    }
    call
}

async fn new_account(world: &World, start: i64) -> Call {
    account(world, world.engine.clock().new_id(), start).await
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
    let mut tx = call.engine().db().begin(call.organization()).await.unwrap();
    let outcomes = apply(&mut tx, call.engine().outbox(), &moves).await.unwrap();
    tx.commit().await.unwrap();
    outcomes
}
