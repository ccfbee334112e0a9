//! What can go wrong in the engine: the caller's fault, or ours.

use domain::{Fault, FaultCode};

use crate::{db::DbError, ledger::LedgerError};

/// Either something to tell the caller, or something to log. Only [`Error::into_fault`] crosses the wire.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("{what}: {source}")]
    Io { what: &'static str, source: std::io::Error },
    #[error("{0}")]
    Broken(String),
}

impl Error {
    pub fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what, source }
    }

    /// True when the caller can do nothing about it: it must be logged, once, at the edge.
    pub const fn is_internal(&self) -> bool {
        matches!(
            self,
            Self::Db(_) | Self::Ledger(LedgerError::Db(_)) | Self::Io { .. } | Self::Broken(_)
        )
    }

    /// What may be shown.
    pub fn into_fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Ledger(LedgerError::Insufficient { short_by }) => Fault::new(
                FaultCode::InsufficientCredits,
                format!(
                    "This needs {short_by} more credits than you have. Buy credits, then try again; nothing was charged."
                ),
            ),
            Self::Ledger(LedgerError::KeyReused) => Fault::new(
                FaultCode::KeyReused,
                "This idempotency key was used for a different request. Send a new key.",
            ),
            Self::Ledger(LedgerError::BadKey) => Fault::field(
                "idempotency_key",
                "An idempotency key has 1 to 255 visible ASCII characters.",
            ),
            Self::Ledger(LedgerError::Db(error)) | Self::Db(error) if error.is_busy() => Fault::new(
                FaultCode::Unavailable,
                "We cannot keep up right now. Nothing was lost; please try again in a moment.",
            ),
            Self::Ledger(LedgerError::Db(_)) | Self::Db(_) | Self::Io { .. } | Self::Broken(_) => Fault::internal(),
            Self::Ledger(other) => Fault::new(FaultCode::Conflict, other.to_string()),
        }
    }
}

/// Turns a unique violation into a fault of the caller's, where the constraint says exactly one thing.
pub(crate) trait OnUnique<T> {
    fn on_unique(self, fault: impl FnOnce() -> Fault) -> Result<T, Error>;
}

impl<T> OnUnique<T> for Result<T, DbError> {
    fn on_unique(self, fault: impl FnOnce() -> Fault) -> Result<T, Error> {
        self.map_err(|error| {
            if error.is_unique_violation() {
                fault().into()
            } else {
                error.into()
            }
        })
    }
}
