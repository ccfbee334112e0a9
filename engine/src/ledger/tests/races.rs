//! Many at once: exactly one wins what is there once.

use domain::id::HoldId;

use super::*;
use crate::{
    chat,
    db::testing::{TestDb, on_every_db},
    testing::{World, cases},
};

on_every_db!(
    the_last_credit_is_won_once,
    one_resolution_wins,
    two_hundred_turns_on_credits_for_fifty,
    writers_that_read_first_wait_for_each_other,
    fifty_writers_a_second_are_not_kept_waiting,
);

async fn the_last_credit_is_won_once(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let (available, _) = standing(&call).await;
    run(&call, spend(available)).await.unwrap();
    let rounds = cases(50, 1_000);
    for _ in 0..rounds {
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

/// Capture, void, a second capture and expiry at once: before the hold's time is over, and after.
async fn one_resolution_wins(db: TestDb) {
    let world = World::new(db).await;
    let call = new_account(&world, 1_000_000_000).await;
    for round in 0..cases(60, 1_000) {
        let id = HoldId::from(uuid::Uuid::new_v4());
        run(&call, hold(id, 1_000)).await.unwrap();
        let late = round % 2 == 1;
        if late {
            world.clock.advance(crate::ledger::HOLD_LIFETIME);
        }
        let capture = |amount| Action::Capture {
            hold: id,
            amount: credits(amount),
        };
        let attempts = [
            capture(600),
            Action::Void { hold: id },
            Action::Expire { hold: id },
            capture(1_000),
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
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "{outcomes:?}");
        let told = |o: &&Result<(), LedgerError>| match o {
            Err(LedgerError::AlreadyResolved(_)) => true,
            Err(LedgerError::NotDue) => !late,
            Err(LedgerError::HoldExpired) => late,
            _ => false,
        };
        assert_eq!(outcomes.iter().filter(told).count(), 3, "{outcomes:?}");
        // Too late to be captured, whoever came first.
        assert!(!late || (outcomes[0].is_err() && outcomes[3].is_err()));
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

/// A minute of fifty writes a second, each from a task of its own that reads first. Only where `PORCHLIGHT_TEST_CASES`
/// is set.
async fn fifty_writers_a_second_are_not_kept_waiting(db: TestDb) {
    let seconds = cases(0, 60);
    if seconds == 0 {
        return;
    }
    let world = World::new(db).await;
    let call = new_account(&world, 10_000_000).await;
    let writers = (0..50_u64).map(|writer| {
        let call = call.clone();
        tokio::spawn(async move {
            let start = tokio::time::Instant::now() + std::time::Duration::from_millis(writer * 20);
            let mut tick = tokio::time::interval_at(start, std::time::Duration::from_secs(1));
            let mut taken = Vec::new();
            for _ in 0..seconds {
                tick.tick().await;
                let begun = std::time::Instant::now();
                run(&call, spend(10)).await.unwrap();
                taken.push(begun.elapsed());
            }
            taken
        })
    });
    let taken = futures::future::join_all(writers).await.into_iter();
    let mut taken: Vec<_> = taken.flat_map(Result::unwrap).collect();
    taken.sort_unstable();
    let p99 = taken[taken.len() * 99 / 100];
    println!(
        "{} writes, median {:?}, p99 {p99:?}, most {:?}",
        taken.len(),
        taken[taken.len() / 2],
        taken[taken.len() - 1]
    );
    assert!(p99 <= std::time::Duration::from_millis(250), "{p99:?}");
    assert_sound(&world.engine).await;
}
