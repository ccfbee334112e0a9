//! Random histories against a small reference model, and the same history on both databases.

use std::collections::BTreeMap;

use domain::id::HoldId;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;
use crate::{
    db::testing::{TestDb, on_every_db},
    testing::{World, cases},
};

/// The reference: what any ledger of this kind must do.
#[derive(Debug, Default, PartialEq, Eq)]
struct Model {
    available: i64,
    held: i64,
    spent: i64,
    granted: i64,
    /// By id: the amount, whether it is open, and when it was made.
    holds: BTreeMap<u128, (i64, bool, i64)>,
    /// Milliseconds since the beginning.
    now: i64,
}

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Move(Action),
    /// Time passes, in milliseconds.
    Wait(i64),
    /// The sweeper runs.
    Sweep,
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
                self.granted += amount.as_milli();
                "ok"
            }
            Action::Spend { amount, .. } | Action::Hold { amount, .. } if amount.as_milli() > self.available => "short",
            Action::Spend { amount, .. } => {
                self.available -= amount.as_milli();
                self.spent += amount.as_milli();
                "ok"
            }
            Action::Hold { hold, amount, .. } => {
                self.available -= amount.as_milli();
                self.held += amount.as_milli();
                self.holds
                    .insert(hold.uuid().as_u128(), (amount.as_milli(), true, self.now));
                "ok"
            }
            Action::Capture { hold, amount } => self.resolve(hold, amount.as_milli(), Some("expired")),
            Action::Void { hold } => self.resolve(hold, 0, None),
            Action::Expire { hold } if self.is_due(hold) => self.resolve(hold, 0, None),
            Action::Expire { hold } => match self.holds.get(&hold.uuid().as_u128()) {
                None => "no such hold",
                Some((_, false, _)) => "resolved",
                Some(_) => "not due",
            },
        }
    }

    fn is_due(&self, hold: &HoldId) -> bool {
        let made = self.holds.get(&hold.uuid().as_u128()).map(|(.., made)| *made);
        made.is_some_and(|made| self.now - made >= LIFETIME)
    }

    fn resolve(&mut self, hold: &HoldId, captured: i64, late: Option<&'static str>) -> &'static str {
        let due = self.is_due(hold);
        match self.holds.get_mut(&hold.uuid().as_u128()) {
            None => "no such hold",
            Some((_, false, _)) => "resolved",
            Some(_) if due && late.is_some() => late.unwrap_or_default(),
            Some((amount, ..)) if captured < 0 || captured > *amount => "over",
            Some((amount, open, _)) => {
                *open = false;
                self.held -= *amount;
                self.available += *amount - captured;
                self.spent += captured;
                "ok"
            }
        }
    }

    fn sweep(&mut self) -> usize {
        let open: Vec<u128> = self
            .holds
            .iter()
            .filter(|(_, hold)| hold.1)
            .map(|(id, _)| *id)
            .collect();
        let due = open.into_iter().map(|id| HoldId::from(uuid::Uuid::from_u128(id)));
        let due: Vec<HoldId> = due.filter(|hold| self.is_due(hold)).collect();
        due.iter().filter(|hold| self.resolve(hold, 0, None) == "ok").count()
    }
}

const LIFETIME: i64 = super::super::HOLD_LIFETIME.num_milliseconds();

fn name(outcome: &Result<(), LedgerError>) -> &'static str {
    match outcome {
        Ok(()) => "ok",
        Err(LedgerError::NotPositive) => "not positive",
        Err(LedgerError::Insufficient { .. }) => "short",
        Err(LedgerError::NoSuchHold) => "no such hold",
        Err(LedgerError::AlreadyResolved(_)) => "resolved",
        Err(LedgerError::OverCapture) => "over",
        Err(LedgerError::NotDue) => "not due",
        Err(LedgerError::HoldExpired) => "expired",
        Err(other) => panic!("{other}"),
    }
}

/// A history that one seed replays.
fn history(seed: u64, steps: usize) -> Vec<Step> {
    let mut random = StdRng::seed_from_u64(seed);
    let ids: Vec<HoldId> = (0..6)
        .map(|_| HoldId::from(uuid::Uuid::from_u128(random.random())))
        .collect();
    let mut unused = ids.clone();
    let mut history = Vec::new();
    while history.len() < steps {
        let amount = random.random_range(-1..4_000);
        let known = ids[random.random_range(0..ids.len())];
        history.push(Step::Move(match random.random_range(0..9) {
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
            6 => Action::Expire { hold: known },
            7 => {
                // Often to the very edge of a hold's time.
                let waits = [1, LIFETIME - 1, LIFETIME, LIFETIME / 2, 20_000];
                history.push(Step::Wait(waits[random.random_range(0..waits.len())]));
                continue;
            }
            _ => {
                history.push(Step::Sweep);
                continue;
            }
        }));
    }
    history
}

/// Every other history goes one move a commit; the rest in batches of every size.
async fn random_histories_follow_the_model(db: TestDb) {
    let world = World::new(db).await;
    let histories = match world.engine.db().kind() {
        "SQLite" => cases(120, 20_000),
        // Each commit takes several times as long there.
        _ => cases(40, 4_000),
    };
    let mut commits = 0;
    for seed in 0..histories as u64 {
        let call = new_account(&world, 0).await;
        let mut model = Model::default();
        let mut waiting: Vec<Action> = Vec::new();
        let steps = history(seed, 1 + seed as usize % 40);
        let last = steps.len() - 1;
        for (at, step) in steps.into_iter().enumerate() {
            let size = if seed % 2 == 0 { 1 } else { 1 + at % 7 };
            let (pause, action) = match step {
                Step::Move(action) => (None, Some(action)),
                other => (Some(other), None),
            };
            waiting.extend(action);
            if waiting.len() >= size || pause.is_some() || at == last {
                let batch = std::mem::take(&mut waiting);
                let expected: Vec<_> = batch.iter().map(|action| model.run(action)).collect();
                let outcomes = apply_all(&call, batch).await;
                let got: Vec<_> = outcomes.iter().map(name).collect();
                assert_eq!(got, expected, "seed {seed}, step {at}");
                commits += 1;
            }
            match pause {
                Some(Step::Wait(ms)) => {
                    world.clock.advance(chrono::TimeDelta::milliseconds(ms));
                    model.now += ms;
                }
                Some(Step::Sweep) => {
                    let swept = crate::ledger::expire_due(&world.engine).await.unwrap();
                    assert_eq!(swept, model.sweep(), "seed {seed}, step {at}");
                }
                _ => {}
            }
            assert_eq!(
                standing(&call).await,
                (model.available, model.held),
                "seed {seed}, step {at}"
            );
            assert_eq!(
                model.granted,
                model.available + model.held + model.spent,
                "seed {seed}, step {at}"
            );
            assert!(model.available >= 0 && model.held >= 0);
        }
        // What this one leaves open must not be swept in the next one's name.
        world.clock.advance(super::super::HOLD_LIFETIME);
        crate::ledger::expire_due(&world.engine).await.unwrap();
    }
    assert_sound(&world.engine).await;
    println!("{histories} histories in {commits} commits");
}

on_every_db!(random_histories_follow_the_model);
