//! Argon2id, off the async threads and never more at once than the machine has cores.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::Error;

/// A hash of nothing anybody knows: checked where there is no account, so that both cases cost the same.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let random = uuid::Uuid::new_v4().to_string();
    Argon2::default()
        .hash_password(random.as_bytes())
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

#[derive(Clone, Debug)]
pub(crate) struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self(Arc::new(Semaphore::new(cores)))
    }
}

impl Passwords {
    /// OWASP's parameters for Argon2id (19 MiB, 2 passes, 1 lane), which are the library's defaults.
    pub(super) async fn hash(&self, password: String) -> Result<String, Error> {
        self.run(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string())
                .map_err(|error| Error::Broken(format!("hashing a password: {error}")))
        })
        .await?
    }

    pub(super) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Error> {
        self.run(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&NOBODY);
            let same = Argon2::default().verify_password(password.as_bytes(), hash).is_ok();
            same && known
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let permit = self
            .0
            .acquire()
            .await
            .map_err(|error| Error::Broken(error.to_string()))?;
        let outcome = tokio::task::spawn_blocking(work).await;
        drop(permit);
        outcome.map_err(|error| Error::Broken(format!("hashing a password: {error}")))
    }
}
