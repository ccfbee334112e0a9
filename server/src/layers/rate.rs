//! How often one address may ask and sign in.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use axum::{
    extract::Request,
    http::{Method, Uri},
};
use chrono::{DateTime, Utc};

use crate::{error::ApiError, extract::ClientAddress, state::State};

/// The most addresses that are remembered at once.
const ADDRESSES: usize = 100_000;

/// What is limited, each with its own count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limited {
    Chat,
    Login,
}

/// Which limit an address of ours falls under.
fn limited(method: &Method, uri: &Uri) -> Option<Limited> {
    if method != Method::POST {
        return None;
    }
    let path = uri.path();
    if let Some(rest) = path.strip_prefix("/v1/").or_else(|| path.strip_prefix("/api/")) {
        return match rest.split('/').next() {
            Some("auth") => Some(Limited::Login),
            Some("public") => Some(Limited::Chat),
            _ => None,
        };
    }
    // What is guessed at, and what makes accounts or letters.
    if app::ssr::enters(path) {
        return Some(Limited::Login);
    }
    if path == "/operator/sign-in" || path.starts_with("/operator/set-up/") {
        return Some(Limited::Login);
    }
    // Questions and messages of the buyer's page, and the realtor's own in its preview.
    let asks = path.starts_with("/p/") || path.starts_with("/console/preview/");
    asks.then_some(Limited::Chat)
}

/// The 429 for an address that asks too often.
pub fn refusal(state: &State, address: &ClientAddress, request: &Request) -> Option<ApiError> {
    let bucket = match limited(request.method(), request.uri())? {
        Limited::Chat => &state.limits.chat,
        Limited::Login => &state.limits.login,
    };
    let taken = bucket.take(key(address.0), state.engine.clock().now());
    taken.err().map(ApiError::too_many)
}

/// The buckets of this process.
#[derive(Debug)]
pub struct Limits {
    chat: Buckets,
    login: Buckets,
}

impl Limits {
    pub fn new(chat_per_minute: u32, login_per_minute: u32) -> Self {
        Self {
            chat: Buckets::new(chat_per_minute),
            login: Buckets::new(login_per_minute),
        }
    }
}

/// What is left in a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) tokens: u32,
    /// In so many seconds it is full again.
    pub(super) full_in: u32,
}

/// A minute, in microseconds.
const MINUTE: i64 = 60_000_000;

/// A token bucket an address or caller, kept as the one instant at which it will be full again (GCRA): a minute's worth at once,
/// then evenly. Microseconds.
#[derive(Debug)]
pub(super) struct Buckets {
    /// Between two tokens; `None` for no limit.
    every: Option<i64>,
    full_at: Mutex<HashMap<u128, i64>>,
}

impl Buckets {
    pub(super) fn new(per_minute: u32) -> Self {
        let every = (per_minute > 0).then(|| MINUTE / i64::from(per_minute));
        Self {
            every,
            full_at: Mutex::default(),
        }
    }

    /// Takes a token, or says after how many seconds there will be one.
    pub(super) fn take(&self, key: u128, now: DateTime<Utc>) -> Result<Left, u32> {
        let Some(every) = self.every else {
            return Ok(Left::default());
        };
        let now = now.timestamp_micros();
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let then = full_at.get(&key).copied().unwrap_or(now).max(now) + every;
        if then - now > MINUTE {
            return Err(wait(then - now));
        }
        if full_at.len() >= ADDRESSES && !full_at.contains_key(&key) {
            // A full bucket is the same as none. When that makes no room, so many addresses ask that counting them
            // one by one holds nobody back: start anew.
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= ADDRESSES {
                full_at.clear();
            }
        }
        full_at.insert(key, then);
        Ok(left(then - now, every))
    }

    /// What is left, without taking of it.
    pub(super) fn left(&self, key: u128, now: DateTime<Utc>) -> Left {
        let Some(every) = self.every else {
            return Left::default();
        };
        left(self.missing(key, now), every)
    }

    /// After how many seconds there will be a token; 0 where there is one.
    pub(super) fn wait(&self, key: u128, now: DateTime<Utc>) -> u32 {
        let after = self.every.map_or(0, |every| self.missing(key, now) + every);
        if after > MINUTE { wait(after) } else { 0 }
    }

    /// For how long a bucket fills until it is full.
    fn missing(&self, key: u128, now: DateTime<Utc>) -> i64 {
        let full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let at = full_at.get(&key).copied().unwrap_or_default();
        (at - now.timestamp_micros()).max(0)
    }
}

/// What a bucket has that fills for so long until it is full.
fn left(missing: i64, every: i64) -> Left {
    Left {
        tokens: u32::try_from((MINUTE - missing) / every.max(1)).unwrap_or_default(),
        full_in: u32::try_from((missing + 999_999) / 1_000_000).unwrap_or_default(),
    }
}

/// The whole seconds after which a token that would overdraw a bucket this far is there.
fn wait(after: i64) -> u32 {
    u32::try_from((after - MINUTE + 999_999) / 1_000_000).unwrap_or(60)
}

/// An IPv4 address, or the /64 of an IPv6 address: within it one subscriber has all the addresses they like.
fn key(address: Option<IpAddr>) -> u128 {
    match address {
        None => 0,
        Some(IpAddr::V4(v4)) => u128::from(v4.to_bits()) + 1,
        Some(IpAddr::V6(v6)) => v6.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_at_once_then_evenly() {
        let buckets = Buckets::new(6);
        let at = |seconds: i64| DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap();
        let one = key(Some("192.0.2.1".parse().unwrap()));
        for taken in 1..=6 {
            let left = Left {
                tokens: 6 - taken,
                full_in: 10 * taken,
            };
            assert_eq!(buckets.take(one, at(0)), Ok(left));
            assert_eq!(buckets.left(one, at(0)), left);
        }
        let wait = buckets.take(one, at(0)).unwrap_err();
        assert_eq!((wait, buckets.wait(one, at(0))), (10, 10));
        assert_eq!(buckets.wait(one, at(9)), 1);
        assert!(buckets.take(key(Some("192.0.2.2".parse().unwrap())), at(0)).is_ok());
        assert_eq!(buckets.wait(one, at(i64::from(wait))), 0);
        assert!(buckets.take(one, at(i64::from(wait))).is_ok());
        assert!(buckets.take(one, at(i64::from(wait))).is_err());
        assert!((0..1000).all(|_| Buckets::new(0).take(one, at(0)).is_ok()));
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::new(1);
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for n in 0..(ADDRESSES as u32 + 10) {
            let _ = buckets.take(key(Some(IpAddr::V4(n.into()))), at);
        }
        assert!(buckets.full_at.lock().unwrap().len() <= ADDRESSES);
        // Neighbours within a /64 share a bucket.
        assert!(buckets.take(key(Some("2001:db8::1".parse().unwrap())), at).is_ok());
        assert!(buckets.take(key(Some("2001:db8::2".parse().unwrap())), at).is_err());
    }

    #[test]
    fn what_is_limited() {
        let of = |path: &'static str| limited(&Method::POST, &Uri::from_static(path));
        assert_eq!(of("/v1/auth/login"), Some(Limited::Login));
        assert_eq!(of("/api/public/chat/x"), Some(Limited::Chat));
        assert_eq!(of("/p/elm/ask?c=1"), Some(Limited::Chat));
        assert_eq!(of("/console/preview/1/ask"), Some(Limited::Chat));
        assert_eq!(of("/_fn/auth/sign_in"), Some(Limited::Login));
        assert_eq!(of("/_fn/auth/forgotten"), Some(Limited::Login));
        assert_eq!(of("/_fn/auth/sign_out"), None);
        assert_eq!(of("/operator/sign-in"), Some(Limited::Login));
        assert_eq!(of("/operator/sign-out"), None);
        assert_eq!(of("/v1/chatbots"), None);
        assert_eq!(limited(&Method::GET, &Uri::from_static("/p/elm")), None);
    }
}
