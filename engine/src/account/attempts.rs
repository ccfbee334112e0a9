//! How often a password or a code may be guessed at one account, whoever guesses and from wherever.
//!
//! Five guesses, then a wait of a quarter of an hour, then half an hour, then an hour each time: at most five within any
//! fifteen minutes. An attempt counts before it is judged, so that many at once gain nothing. A browser that has signed in to
//! the account before has a count of its own: a stranger who keeps guessing shuts nobody out of their own device. Kept in
//! memory: one process works on a store at a time (ADR 4).

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Fault, FaultCode};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

/// Guesses until the next wait.
const AT_ONCE: u32 = 5;
/// Counts are forgotten so long after the last guess.
const REMEMBERED: TimeDelta = TimeDelta::hours(24);
/// The most accounts that are counted at once; those guessed at most stay.
const COUNTS: u64 = 500_000;

/// What is guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guess<'a> {
    /// The password of the account with this address, whether there is one or not.
    Password(&'a str),
    /// The code of this account.
    Code(uuid::Uuid),
    /// Asking for letters to this address.
    Letter(&'a str),
}

#[derive(Clone, Copy, Debug)]
struct Count {
    guesses: u32,
    last: DateTime<Utc>,
    until: DateTime<Utc>,
}

pub(crate) struct Attempts(Cache<[u8; 32], Count>);

impl Default for Attempts {
    fn default() -> Self {
        Self(Cache::new(COUNTS))
    }
}

fn key(guess: Guess<'_>, device: Option<&str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    match guess {
        Guess::Password(email) => hash.update(format!("password {}", email.trim().to_lowercase())),
        Guess::Code(account) => hash.update(format!("code {account}")),
        Guess::Letter(email) => hash.update(format!("letter {}", email.trim().to_lowercase())),
    }
    if let Some(device) = device {
        hash.update(format!(" {device}"));
    }
    hash.finalize().into()
}

impl Attempts {
    /// Counts one guess, or refuses it. `device` is a browser known to the account. True for the last guess before the first wait.
    pub(crate) fn take(&self, guess: Guess<'_>, device: Option<&str>, now: DateTime<Utc>) -> Result<bool, Fault> {
        let (mut refused, mut is_last) = (None, false);
        self.0.entry(key(guess, device)).and_upsert_with(|known| {
            let known = known.map(moka::Entry::into_value);
            let known = known.filter(|count| now - count.last < REMEMBERED);
            if let Some(count) = known.filter(|count| now < count.until) {
                refused = Some(count.until - now);
                return count;
            }
            let guesses = known.map_or(0, |count| count.guesses) + 1;
            is_last = guesses == AT_ONCE;
            let until = if guesses.is_multiple_of(AT_ONCE) {
                now + wait(guesses / AT_ONCE)
            } else {
                now
            };
            Count {
                guesses,
                last: now,
                until,
            }
        });
        refused.map_or(Ok(is_last), |wait| Err(too_many(wait)))
    }

    /// It was no guess: the person knew.
    pub(crate) fn known(&self, guess: Guess<'_>, device: Option<&str>) {
        self.0.invalidate(&key(guess, device));
    }
}

fn wait(blocks: u32) -> TimeDelta {
    TimeDelta::minutes(match blocks {
        0 | 1 => 15,
        2 => 30,
        _ => 60,
    })
}

fn too_many(wait: TimeDelta) -> Fault {
    let minutes = (wait.num_seconds() + 59) / 60;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    let text = format!(
        "There were too many attempts. Try again in {minutes} {unit}, or from a browser you have used here before."
    );
    Fault {
        retry_after: Some(u32::try_from(wait.num_seconds() + 1).unwrap_or(u32::MAX)),
        ..Fault::new(FaultCode::TooMany, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
    }

    const ANA: Guess<'_> = Guess::Password("Ana@example.com");

    #[test]
    fn five_then_longer_and_longer_waits() {
        let attempts = Attempts::default();
        let mut now = 0;
        for wait in [15, 30, 60, 60, 60] {
            for _ in 0..AT_ONCE {
                attempts.take(ANA, None, at(now)).unwrap();
            }
            assert_eq!(attempts.take(ANA, None, at(now)).unwrap_err().code, FaultCode::TooMany);
            assert!(
                attempts
                    .take(ANA, None, at(now + wait) - TimeDelta::seconds(1))
                    .is_err()
            );
            now += wait;
        }
        attempts.take(ANA, None, at(now)).unwrap();
        // Another account, another thing that is guessed, and a known browser are counted apart.
        for other in [Guess::Password("ben@example.com"), Guess::Letter("Ana@example.com")] {
            attempts.take(other, None, at(0)).unwrap();
        }
        attempts
            .take(Guess::Password(" ana@example.com"), Some("known"), at(0))
            .unwrap();
    }

    #[test]
    fn a_day_of_guessing_hits_a_code_hardly_ever() {
        let (attempts, account) = (Attempts::default(), uuid::Uuid::from_u128(7));
        let mut taken = Vec::new();
        for second in 0..24 * 60 * 60 {
            let now = at(0) + TimeDelta::seconds(second);
            while attempts.take(Guess::Code(account), None, now).is_ok() {
                taken.push(second);
            }
        }
        // One code of a million is right in each half minute; 480 guesses a day are one in two thousand days.
        assert!(taken.len() <= 480, "{} guesses", taken.len());
        let windows = taken
            .iter()
            .map(|from| taken.iter().filter(|at| (*from..from + 15 * 60).contains(at)).count());
        assert_eq!(windows.max(), Some(5));
    }

    #[test]
    fn many_at_once_gain_nothing_and_who_knows_starts_anew() {
        let attempts = Attempts::default();
        let passed: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..50).filter(|_| attempts.take(ANA, None, at(0)).is_ok()).count()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(passed, 5, "of 400");
        attempts.known(ANA, None);
        attempts.take(ANA, None, at(0)).unwrap();
    }
}
