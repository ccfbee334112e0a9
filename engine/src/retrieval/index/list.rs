//! Fixed lists of words and phrases that are looked into for every word of a text.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// FNV-1a: quick for short words. For lists in the code and for sets that live no longer than one
/// turn, where nobody gains by collisions.
#[derive(Clone, Copy, Debug)]
pub struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

/// Makes [`Fnv`] for a set or a map.
pub type Quick = BuildHasherDefault<Fnv>;

/// A list of words.
pub type WordSet = LazyLock<HashSet<&'static str, Quick>>;

/// Words between spaces; phrases between bars where the list holds any.
pub fn set(list: &'static str) -> HashSet<&'static str, Quick> {
    let mark = if list.contains('|') { '|' } else { ' ' };
    list.split(mark).collect()
}

/// The further words of a phrase and what the whole phrase means.
type Tail<T> = (Box<[&'static str]>, T);

/// Phrases, each with a meaning, found by their first word. In a phrase `*` stands for any word of a
/// text, as far as the reader allows.
#[derive(Debug)]
pub struct Phrases<T>(HashMap<&'static str, Vec<Tail<T>>, Quick>);

impl<T: Copy> Phrases<T> {
    /// `lists` holds a meaning and its phrases between bars.
    pub fn new(lists: impl IntoIterator<Item = (T, &'static str)>) -> Self {
        let mut phrases: HashMap<&'static str, Vec<Tail<T>>, Quick> = HashMap::default();
        for (meaning, list) in lists {
            for phrase in list.split('|') {
                let mut words = phrase.split(' ').filter(|word| !word.is_empty());
                if let Some(first) = words.next() {
                    phrases.entry(first).or_default().push((words.collect(), meaning));
                }
            }
        }
        Self(phrases)
    }

    /// Every phrase that begins with a word or with what its singular may be: its further words and
    /// its meaning.
    pub fn starting(&self, word: &str, mut each: impl FnMut(&[&'static str], T)) {
        singulars(word, |form| {
            for (rest, meaning) in self.0.get(form).into_iter().flatten() {
                each(rest, *meaning);
            }
        });
    }
}

/// Calls `each` with a word and with what its singular may be: `stories`, `storie`, `story`.
pub fn singulars(word: &str, mut each: impl FnMut(&str)) {
    each(word);
    if word.len() <= 3 {
        return;
    }
    let Some(stem) = word.strip_suffix('s').filter(|stem| !stem.ends_with('s')) else {
        if let Some(stem) = word.strip_suffix("es") {
            each(stem);
        }
        return;
    };
    each(stem);
    if let Some(start) = stem.strip_suffix("ie") {
        let mut bytes = [0_u8; 32];
        if start.len() < bytes.len() {
            bytes[..start.len()].copy_from_slice(start.as_bytes());
            bytes[start.len()] = b'y';
            each(std::str::from_utf8(&bytes[..=start.len()]).unwrap_or(start));
        }
    } else if let Some(start) = stem.strip_suffix('e') {
        each(start);
    }
}

/// A word is `wanted` or its plural.
pub fn same(word: &str, wanted: &str) -> bool {
    // Nearly all words differ in their first letter, which costs nothing to see.
    if word.as_bytes().first() != wanted.as_bytes().first() {
        return false;
    }
    let mut found = false;
    singulars(word, |form| found |= form == wanted);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_by_any_form_of_their_first_word() {
        let phrases = Phrases::new([(1, "half bath|story"), (2, "tax|property tax")]);
        let found = |word: &str| {
            let mut out = Vec::new();
            phrases.starting(word, |rest, meaning| out.push((rest.len(), meaning)));
            out
        };
        assert_eq!(found("half"), [(1, 1)]);
        assert_eq!(found("stories"), [(0, 1)]);
        assert_eq!(found("taxes"), [(0, 2)]);
        assert_eq!(found("glass"), []);
        assert!(same("baths", "bath") && same("pools", "pool") && !same("pool", "spool") && !same("glass", "glas"));
    }
}
