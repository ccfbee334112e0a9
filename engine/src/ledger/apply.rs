//! Applying any number of moves in one transaction.
//!
//! The balances and holds concerned are read once (locking the organizations' balances), every move is
//! decided in order against them, and what follows is written with one statement a table. The cost of a commit
//! and of its round trips is thus shared by all moves of a batch.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    credits::Credits,
    id::{EntryId, HoldId, OrganizationId},
    ledger::MoveKind,
    webhook::EventKind,
};
use serde_json::json;

use super::{Action, HoldState, LedgerError, Move, Purpose, hold_expiry, kind_of, store};
use crate::{
    clock::Clock,
    db::{DbError, Tx},
    webhook::{Event, Outbox},
};

/// The part of a batch that is being decided.
struct Books {
    now: DateTime<Utc>,
    clock: Clock,
    balances: HashMap<OrganizationId, store::Accounts>,
    holds: HashMap<HoldId, store::Hold>,
    written: store::Written,
}

/// Applies `moves` in order. The outer error means that nothing may be committed; each inner one concerns its move alone.
pub(crate) async fn apply(
    tx: &mut Tx,
    outbox: &Outbox,
    moves: &[Move],
) -> Result<Vec<Result<(), LedgerError>>, DbError> {
    let organizations = distinct(moves.iter().map(|m| m.organization));
    let resolved = distinct(moves.iter().filter_map(|m| match m.action {
        Action::Capture { hold, .. } | Action::Void { hold } | Action::Expire { hold } => Some(hold),
        _ => None,
    }));
    let (balances, holds) = store::lock_accounts(tx, &organizations, &resolved).await?;
    let (clock, before) = (outbox.clock(), balances.clone());
    let mut books = Books {
        now: clock.now(),
        clock: clock.clone(),
        balances,
        holds,
        written: store::Written::default(),
    };
    let outcomes: Vec<_> = moves.iter().map(|one| books.act(one)).collect();
    store::write(tx, &books.written, &books.balances, &books.holds, books.now).await?;
    let run_low = books.run_low(&before, outbox);
    if !run_low.is_empty() {
        outbox.write(tx, run_low).await?;
    }
    Ok(outcomes)
}

fn distinct<T: Eq + std::hash::Hash + Copy>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    items.filter(|item| seen.insert(*item)).collect()
}

impl Books {
    fn act(&mut self, one: &Move) -> Result<(), LedgerError> {
        match &one.action {
            Action::Grant { amount, purpose } | Action::Spend { amount, purpose } => {
                let kind = kind_of(&one.action);
                self.shift(one.organization, kind, *amount)?;
                self.enter(one.organization, kind, *amount, None, purpose);
            }
            Action::Hold { hold, amount, purpose } => {
                self.shift(one.organization, MoveKind::Hold, *amount)?;
                self.enter(one.organization, MoveKind::Hold, *amount, Some(*hold), purpose);
                let row = store::Hold {
                    organization: one.organization,
                    id: *hold,
                    amount: *amount,
                    captured: Credits::ZERO,
                    state: HoldState::Pending,
                    purpose: purpose.clone().into(),
                    expires_at: hold_expiry(self.now),
                };
                self.holds.insert(*hold, row);
                self.written.new_holds.insert(*hold);
            }
            Action::Capture { hold, amount } => self.resolve(one.organization, *hold, *amount, HoldState::Captured)?,
            Action::Void { hold } => self.resolve(one.organization, *hold, Credits::ZERO, HoldState::Voided)?,
            Action::Expire { hold } => self.resolve(one.organization, *hold, Credits::ZERO, HoldState::Expired)?,
        }
        Ok(())
    }

    /// Ends a hold: `captured` of it is spent, the rest goes back.
    fn resolve(
        &mut self,
        organization: OrganizationId,
        id: HoldId,
        captured: Credits,
        state: HoldState,
    ) -> Result<(), LedgerError> {
        let hold = self
            .holds
            .get(&id)
            .filter(|h| h.organization == organization)
            .ok_or(LedgerError::NoSuchHold)?;
        if hold.state != HoldState::Pending {
            return Err(LedgerError::AlreadyResolved(hold.state));
        }
        let due = self.now >= hold.expires_at;
        match state {
            HoldState::Captured if due => return Err(LedgerError::HoldExpired),
            HoldState::Expired if !due => return Err(LedgerError::NotDue),
            _ => {}
        }
        if captured < Credits::ZERO || captured > hold.amount {
            return Err(LedgerError::OverCapture);
        }
        let rest = hold.amount.checked_sub(captured).ok_or(LedgerError::Overflow)?;
        let purpose = hold.purpose.clone();
        for (kind, amount) in [(MoveKind::Capture, captured), (MoveKind::Release, rest)] {
            if amount.is_positive() {
                self.shift(organization, kind, amount)?;
                self.enter(organization, kind, amount, Some(id), &purpose);
            }
        }
        if let Some(hold) = self.holds.get_mut(&id) {
            hold.state = state;
            hold.captured = captured;
        }
        if !self.written.new_holds.contains(&id) {
            self.written.resolved.push(id);
        }
        Ok(())
    }

    /// Moves an amount between the kind's two accounts, or says why it cannot be.
    fn shift(&mut self, organization: OrganizationId, kind: MoveKind, amount: Credits) -> Result<(), LedgerError> {
        if !amount.is_positive() {
            return Err(LedgerError::NotPositive);
        }
        let accounts = self.balances.get(&organization).ok_or(LedgerError::NoAccount)?;
        let mut next = *accounts;
        let (from, to) = kind.accounts();
        if let Some(from) = next.account(from) {
            let rest = from.checked_sub(amount).ok_or(LedgerError::Overflow)?;
            if rest < Credits::ZERO {
                return Err(LedgerError::Insufficient {
                    short_by: Credits::milli(-rest.as_milli()),
                });
            }
            *from = rest;
        }
        let to = next.account(to).ok_or(LedgerError::NoAccount)?;
        *to = to.checked_add(amount).ok_or(LedgerError::Overflow)?;
        if kind == MoveKind::Grant {
            next.granted = next.granted.checked_add(amount).ok_or(LedgerError::Overflow)?;
        }
        next.changed = true;
        self.balances.insert(organization, next);
        Ok(())
    }

    /// Whose credits were enough before and are low now. What is held counts as theirs until it is spent: it may come back.
    fn run_low(&self, before: &HashMap<OrganizationId, store::Accounts>, outbox: &Outbox) -> Vec<Event> {
        let low = outbox.low().as_milli();
        let left = |accounts: &store::Accounts| accounts.available.as_milli().saturating_add(accounts.held.as_milli());
        let fell = |id: &OrganizationId, now: &store::Accounts| {
            now.changed && left(now) < low && before.get(id).is_some_and(|before| left(before) >= low)
        };
        let fallen = self.balances.iter().filter(|(id, now)| fell(id, now));
        let event = |(id, now): (&OrganizationId, &store::Accounts)| Event {
            organization: *id,
            id: self.clock.new_id(),
            kind: EventKind::CreditsLow,
            at: self.now,
            data: json!({
                "current_credits_milli": now.available,
                "held_milli": now.held,
                "threshold_milli": outbox.low(),
            }),
            words: None,
        };
        fallen.map(event).collect()
    }

    fn enter(
        &mut self,
        organization: OrganizationId,
        kind: MoveKind,
        amount: Credits,
        hold: Option<HoldId>,
        purpose: &(impl Clone + Into<store::StoredPurpose>),
    ) {
        let id = self.clock.new_id::<EntryId>();
        self.written.entries.push(store::Entry {
            organization,
            id,
            kind,
            amount,
            hold,
            purpose: purpose.clone().into(),
        });
    }
}

impl From<Purpose> for store::StoredPurpose {
    fn from(purpose: Purpose) -> Self {
        Self {
            name: purpose.name.to_owned(),
            related: purpose.related,
            description: purpose.description,
            price_version: purpose.price_version,
        }
    }
}
