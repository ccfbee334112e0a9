//! The one error that server functions return: a [`Fault`], safe to show to anybody.

use std::fmt;

use domain::{Fault, FaultCode};
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What went wrong, in words for the person who asked. On the wire it is the fault's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppError(Fault);

impl AppError {
    pub const fn fault(&self) -> &Fault {
        &self.0
    }
    pub fn into_fault(self) -> Fault {
        self.0
    }
    /// True when signing in again is what helps.
    pub fn is_signed_out(&self) -> bool {
        self.0.code == FaultCode::Unauthorized
    }
}

/// Every error of a server function passes here: the one place where the answer's status is set.
impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        #[cfg(feature = "ssr")]
        crate::ssr::answer_of(&fault);
        Self(fault)
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What failed before the function was reached or after it had answered; details stay out of sight.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let fault = match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Fault::new(
                FaultCode::Unavailable,
                "Porchlight could not be reached. What you typed is still here; check your connection and try again.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Fault::invalid("A part of this form is missing. Reload the page and try again.")
            }
            _ => Fault::internal(),
        };
        fault.into()
    }
}
