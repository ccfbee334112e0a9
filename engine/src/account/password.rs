//! Argon2id, off the async threads and never more at once than the machine has cores; and which passwords are too easy to guess.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use domain::{Fault, FaultCode, account::PASSWORD_MIN};
use password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::Error;

/// Fewer guesses than this do not hold up whoever has stolen the hashes: a year of one machine, at some hundred a second.
const GUESSES: u64 = 10_000_000_000;

/// By the estimate of zxcvbn, which knows the most common passwords, words, names, keyboards, dates and repeats
/// (Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016).
fn is_guessable(password: &str, about: &[String]) -> bool {
    // An address and a name are guessed in parts, too.
    let parts = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let about: Vec<&str> = about
        .iter()
        .map(String::as_str)
        .chain(parts)
        .filter(|word| word.len() > 2)
        .collect();
    zxcvbn::zxcvbn(password, &[&about[..], &["porchlight"]].concat()).guesses() < GUESSES
}

/// Whether a hash was made with the parameters of now.
pub(super) fn is_current(hash: &str) -> bool {
    let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
    parameters(hash) == parameters(&NOBODY)
}

/// A hash of nothing anybody knows: checked where there is no account, so that both cases cost the same.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let random = uuid::Uuid::new_v4().to_string();
    Argon2::default()
        .hash_password(random.as_bytes())
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

fn hash(password: &str) -> Result<String, Error> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string())
        .map_err(|error| Error::Broken(format!("hashing a password: {error}")))
}

/// How many may wait for each of those that are hashed. With a hash of some 30 ms the last waits for two seconds; whoever
/// comes after that is asked to come again, rather than to wait for longer than browsers and people do.
const WAITING_EACH: usize = 64;

/// The shortest password where it is all that is asked for (NIST SP 800-63B-4, 3.1.1.2); with a second factor
/// [`domain::account::PASSWORD_MIN`] is.
const ALONE_MIN: usize = 15;

#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    /// The shortest new one, in characters.
    shortest: usize,
    running: Arc<Semaphore>,
    /// Those that run and those that wait.
    taken: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(require_factor: bool) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self::at_most(cores, cores * WAITING_EACH, require_factor)
    }

    fn at_most(running: usize, waiting: usize, require_factor: bool) -> Self {
        Self {
            shortest: if require_factor { PASSWORD_MIN } else { ALONE_MIN },
            running: Arc::new(Semaphore::new(running)),
            taken: Arc::new(Semaphore::new(running + waiting)),
        }
    }

    /// The hash of a new password, with OWASP's parameters for Argon2id (19 MiB, 2 passes, 1 lane), which are the library's
    /// defaults. One that is guessed soon is refused; `about` is what others know of its owner.
    pub(crate) async fn hash(&self, password: String, about: &[&str]) -> Result<String, Error> {
        let about: Vec<String> = about.iter().map(|word| (*word).to_owned()).collect();
        if password.chars().count() < self.shortest {
            let text = format!(
                "Use at least {} characters; a short sentence works well.",
                self.shortest
            );
            return Err(Fault::field("password", text).into());
        }
        self.run(move || {
            if is_guessable(&password, &about) {
                let text = "This password is too easy to guess: it is a common one, or made of your names. Use a few unrelated words.";
                return Err(Fault::field("password", text).into());
            }
            hash(&password)
        })
        .await?
    }

    /// The same password, which was right, hashed anew with the parameters of now.
    pub(crate) async fn rehash(&self, password: String) -> Result<String, Error> {
        self.run(move || hash(&password)).await?
    }

    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&NOBODY);
            let same = Argon2::default().verify_password(password.as_bytes(), hash).is_ok();
            same && known
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let taken = self.taken.try_acquire().map_err(|_| {
            let text = "Very many people sign in right now. Please try again in a moment.";
            Error::from(Fault::new(FaultCode::Unavailable, text))
        })?;
        let permit = self
            .running
            .acquire()
            .await
            .map_err(|error| Error::Broken(error.to_string()))?;
        let outcome = tokio::task::spawn_blocking(work).await;
        drop((permit, taken));
        outcome.map_err(|error| Error::Broken(format!("hashing a password: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::testing::cases;

    #[tokio::test]
    async fn who_comes_after_many_is_asked_to_come_again() {
        let passwords = Passwords::at_most(1, 2, false);
        let one = || passwords.verify("the porch is lit at nine".into(), None);
        let done = futures::future::join_all([one(), one(), one(), one(), one()]).await;
        let refused = |outcome: &Result<bool, Error>| matches!(outcome, Err(Error::Fault(fault)) if fault.code == FaultCode::Unavailable);
        assert_eq!(done.iter().filter(|outcome| refused(outcome)).count(), 2);
        assert!(
            done.iter()
                .filter(|outcome| !refused(outcome))
                .all(|outcome| matches!(outcome, Ok(false)))
        );
        assert!(!one().await.unwrap(), "and then there is room again");
    }

    #[tokio::test]
    async fn a_password_alone_is_longer_than_one_with_a_second_factor() {
        let long = "q7#Wz!p2Lx9@vTk4sB";
        for (require_factor, shortest) in [(true, 12), (false, 15)] {
            let passwords = Passwords::at_most(1, 2, require_factor);
            let taken = async |length: usize| passwords.hash(long[..length].to_owned(), &[]).await.is_ok();
            assert!(taken(shortest).await, "{shortest}");
            assert!(!taken(shortest - 1).await, "{shortest}");
        }
    }

    fn refused(password: &str) -> bool {
        let about = ["Harbour Homes", "Ana", "Reyes", "ana.reyes@harbourhomes.example"].map(str::to_owned);
        is_guessable(password, &about)
    }

    #[test]
    fn common_passwords_and_ones_own_names_are_refused() {
        for weak in [
            "password1234",
            "Password2024!",
            "qwertyuiop12",
            "123456789012",
            "iloveyou1234",
            "letmeinletmein",
            "1q2w3e4r5t6y",
            "abcabcabcabc",
            "harbourhomes",
            "HarbourHomes1",
            "anareyes2026",
            "porchlight12",
            "reyesreyesreyes",
        ] {
            assert!(refused(weak), "{weak}");
        }
        for good in [
            "a quiet street at dusk",
            "a lamp on the porch",
            "Ana walks her dog at seven",
            "tulip-gravel-9-kettle",
        ] {
            assert!(!refused(good), "{good}");
        }
    }

    /// The figure of check S-04: a thousand random words of fifteen small letters are all taken.
    #[test]
    fn what_cannot_be_guessed_is_taken() {
        let mut dice = rand::rng();
        for _ in 0..cases(100, 1_000) {
            let random: String = (0..15).map(|_| char::from(dice.random_range(b'a'..=b'z'))).collect();
            assert!(!refused(&random), "{random}");
        }
    }

    #[test]
    fn an_old_hash_is_told_from_one_of_now() {
        let now = hash("a quiet street at dusk").unwrap();
        assert!(
            is_current(&now) && now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{now}"
        );
        assert!(!is_current(&now.replace("m=19456", "m=8192")));
        assert!(!is_current(&now.replace("argon2id", "argon2i")));
    }
}
