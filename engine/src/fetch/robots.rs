//! robots.txt after RFC 9309.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

/// How long a host's rules are kept (RFC 9309, 2.4).
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Hosts whose rules are kept at once.
const HOSTS: usize = 1_000;

/// The rules of one host for us. Without any, everything is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rules(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    /// Pieces between `*`, percent-encoding normalised.
    pieces: Vec<Vec<u8>>,
    /// Whether the path must end with the last piece (`$`).
    anchored: bool,
    /// Bytes of the pattern: the longest that matches wins.
    length: usize,
}

impl Rules {
    /// The rules for `agent`: of the groups that name it, else of those for `*`.
    pub fn parse(text: &[u8], agent: &str) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let (mut ours, mut everybody) = (None::<Vec<Rule>>, Vec::new());
        let (mut names_us, mut names_all, mut head) = (false, false, false);
        for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
            let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                continue;
            };
            let (key, value) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
            if key.eq_ignore_ascii_case(b"user-agent") {
                // Agents in a row share the group that follows.
                if !head {
                    (names_us, names_all, head) = (false, false, true);
                }
                names_all |= value.first() == Some(&b'*');
                if product(value).eq_ignore_ascii_case(agent.as_bytes()) {
                    names_us = true;
                    ours.get_or_insert_default();
                }
                continue;
            }
            let allow = key.eq_ignore_ascii_case(b"allow");
            if !allow && !key.eq_ignore_ascii_case(b"disallow") {
                continue;
            }
            head = false;
            let Some(rule) = Rule::parse(allow, value) else {
                continue;
            };
            match (names_us, &mut ours) {
                (true, Some(ours)) => ours.push(rule),
                _ if names_all => everybody.push(rule),
                _ => {}
            }
        }
        Self(ours.unwrap_or(everybody))
    }

    /// Whether the page may be read: the longest rule that matches decides, `Allow` among equals.
    pub fn allow(&self, url: &Url) -> bool {
        if url.path() == "/robots.txt" {
            return true;
        }
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path = path + "?" + query;
        }
        let path = normalised(path.as_bytes(), true);
        let matching = self.0.iter().filter(|rule| rule.matches(&path));
        matching
            .max_by_key(|rule| (rule.length, rule.allow))
            .is_none_or(|rule| rule.allow)
    }
}

impl Rule {
    fn parse(allow: bool, pattern: &[u8]) -> Option<Self> {
        // An empty `Disallow` forbids nothing; one that does not begin at the root can never match.
        if !matches!(pattern.first(), Some(b'/' | b'*')) {
            return None;
        }
        let (body, anchored) = pattern.strip_suffix(b"$").map_or((pattern, false), |body| (body, true));
        let body = normalised(body, false);
        let length = body.len() + usize::from(anchored);
        let pieces = body.split(|byte| *byte == b'*').map(<[u8]>::to_vec).collect();
        Some(Self {
            allow,
            pieces,
            anchored,
            length,
        })
    }

    /// Each piece is taken where it first occurs; with no wildcard but `*`, that finds a match whenever there is one.
    fn matches(&self, path: &[u8]) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let Some(mut tail) = path.strip_prefix(first.as_slice()) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return !self.anchored || tail.is_empty();
        };
        for piece in middle {
            match find(tail, piece) {
                Some(end) => tail = &tail[end..],
                None => return false,
            }
        }
        if self.anchored {
            tail.ends_with(last)
        } else {
            find(tail, last).is_some()
        }
    }
}

/// Where the first `piece` in `text` ends.
fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    text.windows(piece.len())
        .position(|window| window == piece)
        .map(|start| start + piece.len())
}

/// The product token at the beginning of a `User-agent` value (RFC 9309, 2.2.1).
fn product(value: &[u8]) -> &[u8] {
    let end = value
        .iter()
        .position(|b| !(b.is_ascii_alphabetic() || matches!(b, b'-' | b'_')));
    &value[..end.unwrap_or(value.len())]
}

/// One spelling for equal paths (RFC 9309, 2.2.2): bytes beyond ASCII are percent-encoded, hexadecimal digits are
/// capital, encoded characters that need no encoding are plain. In an address `*` and `$` mean themselves, so they
/// are encoded to differ from a pattern's wildcards.
fn normalised(text: &[u8], address: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let digits = match tail {
            [high, low, ..] if *byte == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        if let Some((high, low)) = digits {
            rest = &tail[2..];
            let value = high * 16 + low;
            if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') {
                out.push(value);
            } else {
                encode(value, &mut out);
            }
        } else if !byte.is_ascii() || (address && matches!(byte, b'*' | b'$')) {
            encode(*byte, &mut out);
        } else {
            out.push(*byte);
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn encode(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
}

/// Rules of hosts asked within the last day. Failures are not kept, so that a repaired host works at once.
#[derive(Default)]
pub(super) struct Cache(Mutex<HashMap<String, Kept>>);

/// Since when, and what.
type Kept = (DateTime<Utc>, Arc<Rules>);

impl Cache {
    pub fn get(&self, origin: &str, now: DateTime<Utc>) -> Option<Arc<Rules>> {
        let hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, rules) = hosts.get(origin)?;
        (now - *since < KEPT).then(|| rules.clone())
    }

    pub fn put(&self, origin: String, now: DateTime<Utc>, rules: Arc<Rules>) {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS {
            hosts.retain(|_, (since, _)| now - *since < KEPT);
        }
        if hosts.len() >= HOSTS {
            let oldest = hosts
                .iter()
                .min_by_key(|(_, (since, _))| *since)
                .map(|(origin, _)| origin.clone());
            oldest.and_then(|origin| hosts.remove(&origin));
        }
        hosts.insert(origin, (now, rules));
    }
}
