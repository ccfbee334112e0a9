//! Which state of something a caller has seen, so that nobody overwrites what they have not.
//!
//! A version is a hash of what can be changed, not a count: two states that are the same have the same one. A use case that
//! changes something reads it with a statement that keeps others from it until the commit, and asks
//! [`Call::must_have_seen`] then, so that of two who have seen the same only one succeeds.

use std::{fmt, str::FromStr, sync::Arc};

use domain::{Fault, FaultCode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{Call, Error};

const BYTES: usize = 16;

/// The state of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version([u8; BYTES]);

impl Version {
    pub fn of(state: &impl Serialize) -> Self {
        let mut version = [0; BYTES];
        // What is kept is made of texts, numbers and lists; there is nothing in it that JSON cannot hold.
        let text = serde_json::to_vec(state).unwrap_or_default();
        version.copy_from_slice(&Sha256::digest(text)[..BYTES]);
        Self(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for Version {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        // Digits alone: a number may begin with a sign.
        let is_hex = text.len() == 2 * BYTES && text.bytes().all(|b| b.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex);
        let number = number.ok_or_else(|| Fault::invalid("This is no version of ours."))?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// What a caller says they have seen of what they change.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Whatever there is.
    Anything,
    /// One of these.
    OneOf(Vec<Version>),
}

impl Call {
    /// The same caller, who changes only what is as they have seen it.
    pub fn having_seen(self, seen: Seen) -> Self {
        Self {
            seen: Some(Arc::new(seen)),
            ..self
        }
    }

    /// Refuses to change what is not as the caller has seen it. Who does not say what they have seen changes what there is.
    pub(crate) fn must_have_seen(&self, current: Version) -> Result<(), Error> {
        let known = match self.seen.as_deref() {
            None | Some(Seen::Anything) => true,
            Some(Seen::OneOf(versions)) => versions.contains(&current),
        };
        let changed = || {
            let text = "This has changed since you read it. Read it again, then make your change.";
            Error::from(Fault::new(FaultCode::Stale, text))
        };
        known.then_some(()).ok_or_else(changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_as_it_is_written() {
        for state in [("a", 1), ("", 0)] {
            let version = Version::of(&state);
            assert_eq!(version.to_string().parse(), Ok(version));
        }
        assert_ne!(Version::of(&("a", 1)), Version::of(&("a", 2)));
        for text in [
            "",
            "0",
            "+0000000000000000000000000000000",
            &"g".repeat(32),
            &"0".repeat(33),
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
