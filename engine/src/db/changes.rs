//! Whether anything but counts has changed: what was looked up before may be used again until then.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::future::Cache;

use super::Db;

/// Counts the commits of a store that change more than what is counted, said and paid. One process works on a store at a
/// time (ADR 4), so that it knows of all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Arc<AtomicU64>);

impl Changes {
    /// The same number again means that nothing was changed since. It is asked for before something is looked up: what is
    /// committed while the look-up goes on makes it stale.
    pub(crate) fn so_far(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Counts one more when what it gives is dropped.
    pub(super) fn changed_at_end(&self) -> impl Drop + Send + use<> {
        struct End(Changes);
        impl Drop for End {
            fn drop(&mut self) {
                self.0.0.fetch_add(1, Ordering::AcqRel);
            }
        }
        End(self.clone())
    }
}

/// How long something may be used where nothing was changed. A commit whose caller left in the middle of it may go
/// unnoticed.
const REMEMBER: Duration = Duration::from_secs(2);

/// What was looked up, until something is changed.
pub(crate) struct Fresh<Key, Found>(Cache<Key, (u64, Found)>);

impl<Key, Found> Default for Fresh<Key, Found>
where
    Key: Hash + Eq + Send + Sync + 'static,
    Found: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1_000).time_to_live(REMEMBER).build())
    }
}

impl<Key, Found> Fresh<Key, Found>
where
    Key: Hash + Eq + Send + Sync + 'static,
    Found: Clone + Send + Sync + 'static,
{
    /// Remembers what is known to have become of it. `changes` is how many there were before it was looked up: what was
    /// changed since then makes this stale, too.
    pub(crate) async fn put(&self, changes: u64, key: Key, found: Found) {
        self.0.insert(key, (changes, found)).await;
    }

    /// What is known under the key, or what `look_up` finds. What is not found is looked for again each time.
    pub(crate) async fn get<E>(
        &self,
        db: &Db,
        key: Key,
        look_up: impl AsyncFnOnce(&Key) -> Result<Found, E>,
    ) -> Result<Found, E> {
        let changes = db.changes().so_far();
        if let Some((_, found)) = self.0.get(&key).await.filter(|(at, _)| *at == changes) {
            return Ok(found);
        }
        let found = look_up(&key).await?;
        self.0.insert(key, (changes, found.clone())).await;
        Ok(found)
    }
}
