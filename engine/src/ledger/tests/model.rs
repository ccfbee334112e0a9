//! Random histories against a small reference model, and the same history on both databases.

use std::collections::BTreeMap;

use domain::id::HoldId;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;
use crate::{
    db::testing::{TestDb, on_every_db},
    testing::World,
};

/// The reference: what any ledger of this kind must do.
#[derive(Debug, Default, PartialEq, Eq)]
struct Model {
    available: i64,
    held: i64,
    holds: BTreeMap<u128, (i64, bool)>,
}

impl Model {
    fn run(&mut self, action: &Action) -> &'static str {
        match action {
            Action::Grant { amount, .. } | Action::Spend { amount, .. } | Action::Hold { amount, .. }
                if amount.as_milli() <= 0 =>
            {
                "not positive"
            }
            Action::Grant { amount, .. } => {
                self.available += amount.as_milli();
                "ok"
            }
            Action::Spend { amount, .. } | Action::Hold { amount, .. } if amount.as_milli() > self.available => "short",
            Action::Spend { amount, .. } => {
                self.available -= amount.as_milli();
                "ok"
            }
            Action::Hold { hold, amount, .. } => {
                self.available -= amount.as_milli();
                self.held += amount.as_milli();
                self.holds.insert(hold.uuid().as_u128(), (amount.as_milli(), true));
                "ok"
            }
            Action::Capture { hold, amount } => self.resolve(hold, amount.as_milli()),
            Action::Void { hold } => self.resolve(hold, 0),
            Action::Expire { hold } => match self.holds.get(&hold.uuid().as_u128()) {
                None => "no such hold",
                Some((_, false)) => "resolved",
                Some(_) => "not due",
            },
        }
    }

    fn resolve(&mut self, hold: &HoldId, captured: i64) -> &'static str {
        match self.holds.get_mut(&hold.uuid().as_u128()) {
            None => "no such hold",
            Some((_, false)) => "resolved",
            Some((amount, _)) if captured < 0 || captured > *amount => "over",
            Some((amount, open)) => {
                *open = false;
                self.held -= *amount;
                self.available += *amount - captured;
                "ok"
            }
        }
    }
}

fn name(outcome: &Result<(), LedgerError>) -> &'static str {
    match outcome {
        Ok(()) => "ok",
        Err(LedgerError::NotPositive) => "not positive",
        Err(LedgerError::Insufficient { .. }) => "short",
        Err(LedgerError::NoSuchHold) => "no such hold",
        Err(LedgerError::AlreadyResolved(_)) => "resolved",
        Err(LedgerError::OverCapture) => "over",
        Err(LedgerError::NotDue) => "not due",
        Err(other) => panic!("{other}"),
    }
}

/// A history that one seed replays.
fn history(seed: u64, steps: usize) -> Vec<Action> {
    let mut random = StdRng::seed_from_u64(seed);
    let ids: Vec<HoldId> = (0..6)
        .map(|_| HoldId::from(uuid::Uuid::from_u128(random.random())))
        .collect();
    let mut unused = ids.clone();
    let mut actions = Vec::new();
    while actions.len() < steps {
        let amount = random.random_range(-1..4_000);
        let known = ids[random.random_range(0..ids.len())];
        actions.push(match random.random_range(0..7) {
            0 => grant(amount),
            1 | 2 => spend(amount),
            3 => match unused.pop() {
                Some(id) => hold(id, amount.max(1)),
                None => continue,
            },
            4 => Action::Capture {
                hold: known,
                amount: credits(amount),
            },
            5 => Action::Void { hold: known },
            _ => Action::Expire { hold: known },
        });
    }
    actions
}

async fn random_histories_follow_the_model(db: TestDb) {
    let world = World::new(db).await;
    for seed in 0..60_u64 {
        let call = world.realtor(&format!("Ana{seed}")).await;
        let (start, _) = standing(&call).await;
        run(&call, spend(start)).await.unwrap();
        let actions = history(seed, 40);
        let mut model = Model::default();
        let expected: Vec<_> = actions.iter().map(|action| model.run(action)).collect();
        // In batches of every size, also of one.
        let (mut outcomes, mut rest, mut size) = (Vec::new(), actions, 1);
        while !rest.is_empty() {
            let later = rest.split_off(size.min(rest.len()));
            outcomes.extend(apply_all(&call, rest).await);
            (rest, size) = (later, size % 7 + 1);
        }
        let got: Vec<_> = outcomes.iter().map(name).collect();
        assert_eq!(got, expected, "seed {seed}");
        assert_eq!(standing(&call).await, (model.available, model.held), "seed {seed}");
    }
    assert_sound(&world.engine).await;
}

on_every_db!(random_histories_follow_the_model);
