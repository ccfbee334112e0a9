//! How often a password or a code may be guessed at one account, whoever guesses and from wherever.
//!
//! Five guesses, then a wait of a quarter of an hour, then half an hour, then an hour each time: at most five within any
//! fifteen minutes. An attempt counts before it is judged, so that many at once gain nothing. Who knew what was asked takes back
//! their own guess and nobody else's: a stranger gains nothing by the owner's coming and going. A browser that has signed in to
//! the account before has a count of its own: a stranger who keeps guessing shuts nobody out of their own device.
//!
//! After five letters there is one each quarter of an hour, which is half as long as its link holds: however often a stranger
//! asks for them, there is always one with which the owner gets in.
//!
//! Kept in memory: one process works on a store at a time (ADR 4).

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Fault, FaultCode};
use moka::{ops::compute::Op, sync::Cache};
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    guesses: u32,
    last: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// A guess that was counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    key: [u8; 32],
    /// Of a browser that is known to the account.
    is_own: bool,
    before: Option<Count>,
    counted: Count,
    /// The last before the first wait.
    pub(crate) is_last: bool,
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
    /// Counts one guess, or refuses it. `device` is a browser known to the account.
    pub(crate) fn take(&self, guess: Guess<'_>, device: Option<&str>, now: DateTime<Utc>) -> Result<Taken, Fault> {
        let (mut refused, mut before) = (None, None);
        let key = key(guess, device);
        let entry = self.0.entry(key).and_upsert_with(|known| {
            let known = known.map(moka::Entry::into_value);
            before = known.filter(|count| now - count.last < REMEMBERED);
            if let Some(count) = before.filter(|count| now < count.until) {
                refused = Some(count.until - now);
                return count;
            }
            let guesses = before.map_or(0, |count| count.guesses) + 1;
            Count {
                guesses,
                last: now,
                until: now + wait(guess, guesses),
            }
        });
        if let Some(wait) = refused {
            return Err(too_many(wait));
        }
        let counted = entry.into_value();
        Ok(Taken {
            key,
            is_own: device.is_some(),
            before,
            counted,
            is_last: counted.guesses == AT_ONCE,
        })
    }

    /// It was no guess: the person knew.
    pub(crate) fn known(&self, taken: Taken) {
        self.0.entry(taken.key).and_compute_with(|now| {
            let now = now.map(moka::Entry::into_value);
            match now {
                Some(_) if taken.is_own => Op::Remove,
                Some(count) if count == taken.counted => taken.before.map_or(Op::Remove, Op::Put),
                // Others have guessed meanwhile.
                Some(count) => Op::Put(Count {
                    guesses: count.guesses.saturating_sub(1),
                    ..count
                }),
                None => Op::Nop,
            }
        });
    }

    /// What was guessed at is there no more.
    pub(crate) fn forget(&self, guess: Guess<'_>) {
        self.0.invalidate(&key(guess, None));
    }
}

/// How long nobody guesses after so many guesses.
fn wait(guess: Guess<'_>, guesses: u32) -> TimeDelta {
    let is_letter = matches!(guess, Guess::Letter(_));
    TimeDelta::minutes(match guesses / AT_ONCE {
        0 => 0,
        _ if is_letter => 15,
        _ if !guesses.is_multiple_of(AT_ONCE) => 0,
        1 => 15,
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
    fn many_at_once_gain_nothing() {
        let attempts = Attempts::default();
        let passed: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..50).filter(|_| attempts.take(ANA, None, at(0)).is_ok()).count()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(passed, 5, "of 400");
    }

    #[test]
    fn who_knows_takes_back_their_own_guess_alone() {
        let attempts = Attempts::default();
        let own = attempts.take(ANA, Some("known"), at(0)).unwrap();
        attempts.take(ANA, Some("known"), at(0)).unwrap();
        for _ in 0..4 {
            attempts.take(ANA, None, at(0)).unwrap();
        }
        // However often the owner comes, from wherever, a stranger has five guesses and no more.
        for minute in 0..14 {
            let owners = attempts.take(ANA, None, at(minute)).unwrap();
            attempts.known(owners);
        }
        let (mut strangers, mut owners) = (0, 0);
        for _ in 0..100 {
            if let Ok(owner) = attempts.take(ANA, None, at(14)) {
                attempts.known(owner);
                owners += 1;
            }
            strangers += u32::from(attempts.take(ANA, None, at(14)).is_ok());
        }
        assert_eq!((strangers, owners), (1, 1));
        // Their own browser starts anew.
        attempts.known(own);
        for _ in 0..5 {
            attempts.take(ANA, Some("known"), at(14)).unwrap();
        }
        assert!(attempts.take(ANA, Some("known"), at(14)).is_err());
        attempts.forget(ANA);
        attempts.take(ANA, None, at(14)).unwrap();
    }

    #[test]
    fn guesses_of_others_stay_counted() {
        let attempts = Attempts::default();
        let owner = attempts.take(ANA, None, at(0)).unwrap();
        for _ in 0..3 {
            attempts.take(ANA, None, at(0)).unwrap();
        }
        attempts.known(owner);
        assert!(attempts.take(ANA, None, at(0)).is_ok());
        assert!(attempts.take(ANA, None, at(0)).unwrap().is_last);
        assert!(attempts.take(ANA, None, at(0)).is_err());
    }

    #[test]
    fn there_is_always_a_letter_whose_link_holds() {
        let attempts = Attempts::default();
        let asked = |second: i64| {
            let now = at(0) + TimeDelta::seconds(second);
            attempts.take(Guess::Letter("ana@example.com"), None, now).is_ok()
        };
        let sent: Vec<i64> = (0..24 * 60 * 60).filter(|second| asked(*second)).collect();
        assert!(sent.len() <= 5 + 24 * 4, "{} letters", sent.len());
        let longest = sent.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(TimeDelta::seconds(longest) < domain::security::RESET_FOR, "{longest} s");
    }
}
