//! The same log of operations on both databases ends in the same state, by the same answers.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::*;
use crate::{
    db::{Reach, fetch_all, statements, testing::TestDb},
    testing::cases,
};

statements! {
    EVERY_BALANCE = "select organization_id, available, held, granted, spent from ledger_balance order by organization_id";
    EVERY_HOLD = "select organization_id, id, amount, captured, state, purpose, expires_at, resolved_at from ledger_hold order by organization_id, id";
    EVERY_ENTRY = "select organization_id, kind, debit_account, credit_account, amount, hold_id, purpose, created_at from ledger_entry
        order by organization_id, created_at, kind, amount, hold_id";
    EVERY_KEY = "select organization_id, operation, client_key, request_hash, created_at from ledger_key order by organization_id, client_key";
}

#[derive(Clone, Debug)]
enum Step {
    Batch(usize, Vec<Action>),
    Keyed(usize, Action, String),
    Wait(i64),
    Sweep,
}

fn log(seed: u64) -> Vec<Step> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut holds: Vec<HoldId> = (0..4).map(|_| HoldId::from(Uuid::from_u128(random.random()))).collect();
    let mut log = Vec::new();
    let mut operations = 0;
    while operations < 200 {
        let who = random.random_range(0..3);
        let one = |random: &mut StdRng, holds: &mut Vec<HoldId>| {
            let amount = match random.random_range(0..40) {
                0 => i64::MAX,
                _ => random.random_range(-1..4_000),
            };
            let known = holds[random.random_range(0..holds.len())];
            match random.random_range(0..7) {
                0 => grant(amount),
                1 | 2 => spend(amount),
                3 => {
                    let id = HoldId::from(Uuid::from_u128(random.random()));
                    holds.push(id);
                    hold(id, amount)
                }
                4 => Action::Capture {
                    hold: known,
                    amount: credits(amount),
                },
                5 => Action::Void { hold: known },
                _ => Action::Expire { hold: known },
            }
        };
        operations += 1;
        log.push(match random.random_range(0..10) {
            0 => Step::Wait(random.random_range(0..600_000)),
            1 => Step::Sweep,
            2 | 3 => {
                let key = format!("key-{}", random.random_range(0..8));
                let amount = random.random_range(1..3_000);
                Step::Keyed(who, spend(amount / 1_000 * 1_000 + 1), key)
            }
            _ => {
                let size = random.random_range(1..8);
                operations += size - 1;
                Step::Batch(who, (0..size).map(|_| one(&mut random, &mut holds)).collect())
            }
        });
    }
    log
}

/// Every answer, in order, then every row but the ids that each database's run made up.
async fn replay(world: &World, seed: u64) -> (String, Vec<u8>) {
    let ids = (0..3).map(|n| Uuid::from_u128(u128::from(seed) << 8 | n).into());
    let mut calls = Vec::new();
    for id in ids {
        calls.push(account(world, id, 5_000).await);
    }
    let mut answers = String::new();
    for step in log(seed) {
        let said = match step {
            Step::Batch(who, actions) => format!("{:?}", apply_all(&calls[who], actions).await),
            Step::Keyed(who, action, key) => {
                let key = ClientKey::new("test", &key).ok();
                format!("{:?}", run_keyed(&calls[who], action, key).await)
            }
            Step::Wait(ms) => {
                world.clock.advance(TimeDelta::milliseconds(ms));
                continue;
            }
            Step::Sweep => format!("{:?}", crate::ledger::expire_due(&world.engine).await.unwrap()),
        };
        answers.push_str(&said);
        answers.push('\n');
    }
    // What is left open must not be swept in the next log's name.
    world.clock.advance(super::super::HOLD_LIFETIME);
    crate::ledger::expire_due(&world.engine).await.unwrap();
    (answers, state(world).await)
}

async fn state(world: &World) -> Vec<u8> {
    type Hold = (
        Uuid,
        Uuid,
        i64,
        i64,
        String,
        String,
        DateTime<Utc>,
        Option<DateTime<Utc>>,
    );
    type Entry = (Uuid, String, String, String, i64, Option<Uuid>, String, DateTime<Utc>);
    let mut tx = world.engine.db().read(Reach::Everyone).await.unwrap();
    let balances = fetch_all!(&mut tx, (Uuid, i64, i64, i64, i64), EVERY_BALANCE).unwrap();
    let holds = fetch_all!(&mut tx, Hold, EVERY_HOLD).unwrap();
    let mut entries = fetch_all!(&mut tx, Entry, EVERY_ENTRY).unwrap();
    // The databases sort what is null, and text, each in its own way.
    entries.sort();
    let mut keys = fetch_all!(&mut tx, (Uuid, String, String, Vec<u8>, DateTime<Utc>), EVERY_KEY).unwrap();
    keys.sort();
    assert!(!entries.is_empty() && !holds.is_empty());
    Sha256::digest(format!("{balances:?}{holds:?}{entries:?}{keys:?}")).to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_databases_behave_the_same() {
    let logs = cases(12, 1_000);
    let (mut seed, mut answered) = (0, 0);
    while seed < logs as u64 {
        // A new pair of stores now and then, so that reading the whole state stays quick.
        let sqlite = World::new(TestDb::sqlite().await).await;
        let postgres = World::new(TestDb::postgres().await).await;
        for _ in 0..20.min(logs as u64 - seed) {
            seed += 1;
            let (one, other) = tokio::join!(replay(&sqlite, seed), replay(&postgres, seed));
            assert_eq!(one.0, other.0, "the answers of log {seed}");
            assert_eq!(one.1, other.1, "the state after log {seed}");
            answered += one.0.lines().count();
        }
        assert_sound(&sqlite.engine).await;
        assert_sound(&postgres.engine).await;
    }
    println!("{logs} logs, {answered} answers");
}
