//! Time and ids come in from outside: tests own them.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use uuid::Uuid;

/// The source of time and of ids. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<Mutex<DateTime<Utc>>>>);

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until it is told otherwise.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(Mutex::new(at))))
    }

    /// Now, cut to microseconds: what both databases keep.
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            #[allow(clippy::disallowed_methods)]
            None => Utc::now(),
            Some(fixed) => *fixed.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        };
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }

    /// Moves a fixed clock; the system's clock cannot be moved.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(fixed) = &self.0 {
            *fixed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }

    /// A new id, ordered by time of making. Not a secret.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        #[allow(clippy::disallowed_methods)]
        Id::from(Uuid::now_v7())
    }
}
