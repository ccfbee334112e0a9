//! Holds and time: given back never early, and soon after.

use chrono::TimeDelta;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{super::HOLD_LIFETIME, *};
use crate::{
    db::testing::{TestDb, on_every_db},
    testing::cases,
};

on_every_db!(
    no_hold_ends_early_or_late,
    a_sweeper_that_stood_still_catches_up_at_once
);

/// Work begins at random moments and is never heard of again; the sweeper runs every twenty seconds, as it does.
async fn no_hold_ends_early_or_late(db: TestDb) {
    const EVERY: i64 = 20_000;
    let world = World::new(db).await;
    let call = new_account(&world, 1_000_000).await;
    let mut random = StdRng::seed_from_u64(7);
    let mut begins: Vec<i64> = (0..cases(200, 200))
        .map(|_| random.random_range(0..1_800_000))
        .collect();
    begins.sort_unstable();
    let mut open = Vec::new();
    let (mut now, mut next) = (0, EVERY);
    let mut longest = 0;
    let mut begins = begins.into_iter().peekable();
    while begins.peek().is_some() || !open.is_empty() {
        let at = begins.peek().copied().unwrap_or(i64::MAX).min(next);
        world.clock.advance(TimeDelta::milliseconds(at - now));
        now = at;
        if at < next {
            begins.next();
            run(&call, hold(HoldId::from(uuid::Uuid::new_v4()), 10)).await.unwrap();
            open.push(at);
            continue;
        }
        next += EVERY;
        let due = |begun: &i64| now - begun >= HOLD_LIFETIME.num_milliseconds();
        let ended = open.iter().filter(|begun| due(begun)).map(|begun| now - begun).max();
        longest = longest.max(ended.unwrap_or_default());
        let before = open.len();
        open.retain(|begun| !due(begun));
        assert_eq!(
            crate::ledger::expire_due(&world.engine).await.unwrap(),
            before - open.len()
        );
        assert_eq!(standing(&call).await.1, 10 * open.len() as i64);
    }
    assert!(
        longest <= HOLD_LIFETIME.num_milliseconds() + 60_000,
        "a hold lived for {longest} ms"
    );
    assert_eq!(standing(&call).await, (1_000_000, 0));
    assert_sound(&world.engine).await;
}

async fn a_sweeper_that_stood_still_catches_up_at_once(db: TestDb) {
    let world = World::new(db).await;
    let call = new_account(&world, 1_000_000).await;
    // More than one batch of them.
    let holds = (0..1_200)
        .map(|_| hold(HoldId::from(uuid::Uuid::new_v4()), 10))
        .collect();
    assert!(apply_all(&call, holds).await.iter().all(Result::is_ok));
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(crate::ledger::expire_due(&world.engine).await.unwrap(), 1_200);
    assert_eq!(standing(&call).await, (1_000_000, 0));
    assert_eq!(totals(&world.engine).await.unwrap().pending_holds, 0);
    assert_sound(&world.engine).await;
}
