//! Lists come a page at a time, newest first; a cursor names the last item seen.

use serde::{Deserialize, Serialize};

/// How many items a page has when nobody says otherwise, and at most.
pub const DEFAULT_LIMIT: u32 = 25;
pub const MAX_LIMIT: u32 = 100;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give this as `after` to get the next page; absent on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of up to `limit` items out of `limit + 1` rows read.
    pub fn cut(mut items: Vec<T>, limit: u32, cursor: impl Fn(&T) -> String) -> Self {
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = more.then(|| items.last().map(cursor)).flatten();
        Self { items, next }
    }
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

/// A limit within bounds.
pub fn limit(asked: Option<u32>) -> u32 {
    asked.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT)
}
