//! Whether anything but counts has changed: what was looked up before may be used again until then.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

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
