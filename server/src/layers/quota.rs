//! How much a caller of the API, and their organization, may ask for: counted a minute, told with each answer.
//!
//! The headers are those of draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy` has the quotas, `RateLimit` what is left
//! of them. They are as a token bucket has it: a minute's worth may come at once, and comes back evenly.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, request::Parts},
};
use chrono::{DateTime, Utc};
use engine::Call;

use super::rate::{Buckets, Left};
use crate::{error::ApiError, state::Web};

pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
pub const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// A quota with the buckets of those whom it holds for.
#[derive(Debug)]
struct Quota {
    name: &'static str,
    per_minute: u32,
    buckets: Buckets,
}

impl Quota {
    /// `None` for no limit.
    fn new(name: &'static str, per_minute: u32) -> Option<Self> {
        (per_minute > 0).then(|| Self {
            name,
            per_minute,
            buckets: Buckets::new(per_minute),
        })
    }
}

/// The quotas of this process: that of an API key, or of a member without one, and that of an organization.
#[derive(Debug)]
pub struct Quotas {
    caller: Option<Quota>,
    organization: Option<Quota>,
}

/// What an answer says of the quotas.
#[derive(Debug)]
struct Told {
    policy: String,
    limit: String,
}

/// Put into a request of the API, for whoever finds out who is calling to say how much is left.
#[derive(Clone, Debug, Default)]
pub struct Slot(Arc<OnceLock<Told>>);

impl Slot {
    pub fn put_into(request: &mut Request) -> Self {
        let slot = Self::default();
        request.extensions_mut().insert(slot.clone());
        slot
    }

    /// Says in an answer's headers what was found out.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let Some(told) = self.0.get() else { return };
        for (name, text) in [(POLICY, &told.policy), (LIMIT, &told.limit)] {
            // Names of ours and numbers.
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
    }
}

impl Quotas {
    pub fn new(web: &Web) -> Self {
        Self {
            caller: Quota::new("caller", web.api_per_minute),
            organization: Quota::new("organization", web.api_per_minute_organization),
        }
    }

    /// Counts a request of the API, or refuses it. What is asked for elsewhere is not counted.
    pub fn take(&self, call: &Call, parts: &Parts, now: DateTime<Utc>) -> Result<(), ApiError> {
        let Some(slot) = parts.extensions.get::<Slot>() else {
            return Ok(());
        };
        let caller = call.api_key().map_or_else(|| call.account().uuid(), |key| key.uuid());
        let (told, wait) = self.count(caller.as_u128(), call.organization().uuid().as_u128(), now);
        if !told.policy.is_empty() {
            // A request has one caller.
            let _ = slot.0.set(told);
        }
        match wait {
            0 => Ok(()),
            wait => Err(ApiError::over_quota(wait)),
        }
    }

    /// What is left, and after how many seconds to come again where it is too little. One quota that is used up spares the
    /// other: who hammers at the one does not use up what is their colleagues'.
    fn count(&self, caller: u128, organization: u128, now: DateTime<Utc>) -> (Told, u32) {
        let quotas = [(&self.caller, caller), (&self.organization, organization)];
        let quotas = quotas.iter().filter_map(|(quota, key)| Some((quota.as_ref()?, *key)));
        let wait = quotas.clone().map(|(quota, key)| quota.buckets.wait(key, now)).max();
        let wait = wait.unwrap_or_default();
        let left = quotas.map(|(quota, key)| match wait {
            0 => (quota, quota.buckets.take(key, now)),
            _ => (quota, Ok(quota.buckets.left(key, now))),
        });
        let (mut policy, mut limit, mut wait) = (Vec::new(), Vec::new(), wait);
        for (quota, left) in left {
            // Of two at once that find the last token one is late.
            let left = left.unwrap_or_else(|late| {
                wait = wait.max(late);
                Left {
                    tokens: 0,
                    full_in: late,
                }
            });
            policy.push(format!("\"{}\";q={};w=60", quota.name, quota.per_minute));
            limit.push(format!("\"{}\";r={};t={}", quota.name, left.tokens, left.full_in));
        }
        let told = Told {
            policy: policy.join(", "),
            limit: limit.join(", "),
        };
        (told, wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn quotas(caller: u32, organization: u32) -> Quotas {
        Quotas::new(&Web {
            api_per_minute: caller,
            api_per_minute_organization: organization,
            ..Web::default()
        })
    }

    #[test]
    fn both_quotas_are_told_and_held() {
        let quotas = quotas(6, 10);
        let (told, wait) = quotas.count(1, 9, at(0));
        assert_eq!(told.policy, "\"caller\";q=6;w=60, \"organization\";q=10;w=60");
        assert_eq!(told.limit, "\"caller\";r=5;t=10, \"organization\";r=9;t=6");
        assert_eq!(wait, 0);
        assert!((0..5).all(|_| quotas.count(1, 9, at(0)).1 == 0));
        let (told, wait) = quotas.count(1, 9, at(0));
        assert_eq!(told.limit, "\"caller\";r=0;t=60, \"organization\";r=4;t=36");
        assert_eq!(wait, 10);
        // The one who was refused, however often, has taken nothing of the others'.
        assert!((0..50).all(|_| quotas.count(1, 9, at(0)).1 == 10));
        assert!((0..4).all(|_| quotas.count(2, 9, at(0)).1 == 0));
        let (told, wait) = quotas.count(2, 9, at(0));
        assert_eq!(
            (told.limit.as_str(), wait),
            ("\"caller\";r=2;t=40, \"organization\";r=0;t=60", 6)
        );
        assert_eq!(quotas.count(2, 9, at(6)).1, 0);
        assert_eq!(quotas.count(1, 8, at(11)).1, 0, "another organization's");
    }

    #[test]
    fn without_a_limit_nothing_is_said() {
        let (told, wait) = quotas(0, 0).count(1, 9, at(0));
        assert_eq!((told.policy.as_str(), told.limit.as_str(), wait), ("", "", 0));
        let (told, _) = quotas(0, 10).count(1, 9, at(0));
        assert_eq!(told.policy, "\"organization\";q=10;w=60");
    }
}
