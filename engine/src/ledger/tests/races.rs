//! Many at once: exactly one wins what is there once.

use domain::id::HoldId;

use super::*;
use crate::{
    chat,
    db::testing::{TestDb, on_every_db},
    testing::World,
};

on_every_db!(
    the_last_credit_is_won_once,
    one_resolution_wins,
    two_hundred_turns_on_credits_for_fifty,
    writers_that_read_first_wait_for_each_other,
);

async fn the_last_credit_is_won_once(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let (available, _) = standing(&call).await;
    run(&call, spend(available)).await.unwrap();
    for _ in 0..50 {
        run(&call, grant(1_000)).await.unwrap();
        let racers = (0..64).map(|_| {
            let call = call.clone();
            tokio::spawn(async move { run(&call, spend(1_000)).await })
        });
        let outcomes: Vec<_> = futures::future::join_all(racers)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
        assert!(
            outcomes
                .iter()
                .all(|o| matches!(o, Ok(()) | Err(LedgerError::Insufficient { .. })))
        );
        assert_eq!(standing(&call).await, (0, 0));
    }
    assert_sound(&world.engine).await;
}

async fn one_resolution_wins(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    for _ in 0..50 {
        let id = HoldId::from(uuid::Uuid::new_v4());
        run(&call, hold(id, 1_000)).await.unwrap();
        let attempts = [
            Action::Capture {
                hold: id,
                amount: credits(600),
            },
            Action::Void { hold: id },
            Action::Capture {
                hold: id,
                amount: credits(1_000),
            },
        ];
        let racers = attempts.map(|action| {
            let call = call.clone();
            tokio::spawn(async move { run(&call, action).await })
        });
        let outcomes: Vec<_> = futures::future::join_all(racers)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
        assert_eq!(
            outcomes
                .iter()
                .filter(|o| matches!(o, Err(LedgerError::AlreadyResolved(_))))
                .count(),
            2
        );
    }
    assert_eq!(standing(&call).await.1, 0);
    assert_sound(&world.engine).await;
}

async fn two_hundred_turns_on_credits_for_fifty(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let (available, _) = standing(&call).await;
    run(&call, spend(available - 50_000)).await.unwrap();
    let turns = (0..200).map(|_| {
        let porch = porch.clone();
        tokio::spawn(async move {
            let asked = chat::ask(&porch, None, "How many bedrooms are there?").await.unwrap();
            asked.finished().await.unwrap().outcome
        })
    });
    let outcomes: Vec<_> = futures::future::join_all(turns)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let answered = outcomes
        .iter()
        .filter(|o| **o == domain::chat::Outcome::Answered)
        .count();
    let without = outcomes
        .iter()
        .filter(|o| **o == domain::chat::Outcome::Unavailable)
        .count();
    assert_eq!((answered, without), (50, 150));
    assert_eq!(standing(&call).await, (0, 0));
    assert_eq!(totals(&world.engine).await.unwrap().pending_holds, 0);
    assert_sound(&world.engine).await;
}

async fn writers_that_read_first_wait_for_each_other(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let before = standing(&call).await.0;
    // Each opens a transaction, reads, then writes: the pattern that fails at once where a write lock is taken late.
    let writers = (0..50).map(|_| {
        let call = call.clone();
        tokio::spawn(async move {
            for _ in 0..10 {
                run(&call, spend(10)).await.unwrap();
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
    assert_eq!(standing(&call).await.0, before - 50 * 10 * 10);
    assert_sound(&world.engine).await;
}
