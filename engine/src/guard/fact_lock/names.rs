//! Names in an answer: of schools, streets, shops, people. A name that no source holds is as much
//! an invention as a number.

use std::collections::HashSet;
use std::hash::Hasher;

use super::token::{Kind, Text};
use super::words;
use super::{Fnv, Quick, WordSet, set};

/// Words and pairs of neighbouring words that sources hold, as 64-bit hashes.
#[derive(Debug, Default)]
pub struct Known {
    words: HashSet<u64, Quick>,
    pairs: HashSet<u64, Quick>,
    /// Long words as they are: `singlefamily` also holds `family`.
    long: Vec<String>,
}

fn hash(words: &[&str]) -> u64 {
    let mut fnv = Fnv::default();
    for word in words {
        fnv.write(word.as_bytes());
        fnv.write_u8(0);
    }
    fnv.finish()
}

impl Known {
    pub fn add(&mut self, text: &Text<'_>) {
        let mut before: Option<&str> = None;
        for i in 0..text.tokens.len() {
            if let Kind::Mark(mark) = text.tokens[i].kind {
                if !matches!(mark, '-' | '\'' | '.') {
                    before = None;
                }
                continue;
            }
            let word = bare(text.word(i));
            if let Some(before) = before {
                self.pairs.insert(hash(&[before, word]));
            }
            if self.words.insert(hash(&[word])) && word.len() > 9 {
                self.long.push(word.to_owned());
            }
            before = Some(word);
        }
    }

    /// The first name of a sentence that no source holds.
    pub fn stranger<'t>(&self, text: &'t Text<'_>) -> Option<&'t str> {
        for i in 0..text.tokens.len() {
            if !is_name(text, i) {
                continue;
            }
            let word = bare(text.word(i));
            if !self.words.contains(&hash(&[word])) && !self.is_joined(word) {
                return Some(text.slice(i, i + 1));
            }
            // Two names side by side must be neighbours in a source too: "Oak Street" and
            // "Washington School" do not make an "Oak School".
            let next = if text.is_mark(i + 1, '-') || text.is_mark(i + 1, '.') {
                i + 2
            } else {
                i + 1
            };
            let pair = [word, bare(text.word(next))];
            let both = next == i + 1 && is_name(text, next) && self.words.contains(&hash(&pair[1..]));
            if both && !self.pairs.contains(&hash(&pair)) {
                return Some(text.slice(i, next + 1));
            }
        }
        None
    }

    /// `Single-Family` where the source has `SingleFamily`.
    fn is_joined(&self, word: &str) -> bool {
        let holds = |known: &String| known.len() > word.len() && (known.starts_with(word) || known.ends_with(word));
        word.len() > 5 && self.long.iter().any(holds)
    }
}

/// Whether a sentence holds anything that looks like a name.
pub fn any(text: &Text<'_>) -> bool {
    (0..text.tokens.len()).any(|i| is_name(text, i)) && !is_german(text)
}

fn bare(word: &str) -> &str {
    word.strip_suffix("'s").unwrap_or(word)
}

fn is_name(text: &Text<'_>, i: usize) -> bool {
    let Some(token) = text.tokens.get(i) else { return false };
    if token.kind != Kind::Word || !token.capital {
        return false;
    }
    let word = bare(text.word(i));
    if is_common(word) || words::month(word).is_some() || words::weekday(word).is_some() {
        return false;
    }
    !begins(text, i) || (follows_as_name(text, i + 1) && !super::super::super::retrieval::index::words::is_stop(word))
}

/// A capital is expected here: first word, after a colon, a quote or a list mark.
fn begins(text: &Text<'_>, i: usize) -> bool {
    let Some(before) = i.checked_sub(1) else { return true };
    matches!(
        text.tokens[before].kind,
        Kind::Mark(':' | '"' | '\n' | '|' | '*' | '.' | '!' | '?' | '(' | '-' | '#' | '[' | '\'')
    ) || (i < 3 && matches!(text.word(0), "yes" | "no" | "sure" | "well" | "hello" | "hi") && text.is_mark(before, ','))
}

fn follows_as_name(text: &Text<'_>, i: usize) -> bool {
    text.tokens.get(i).is_some_and(|t| t.kind == Kind::Word && t.capital) && !is_common(bare(text.word(i)))
}

/// Capitalised words that name nothing in particular.
fn is_common(word: &str) -> bool {
    word.len() < 2 || COMMON.contains(word)
}

static COMMON: WordSet = WordSet::new(|| {
    set(
        "i'm i'd i'll i've ai hoa mls hvac ac tv ev rv led adu id qr pdf usd eur gbp zip us usa u.s uk eu ok faq \
    am pm sq ft sqft sf epc ber dpe bhk english spanish german french mr mrs ms dr wifi wi fi internet \
    realtor agent yes no asking price bedrooms bathrooms bedroom bathroom beds baths living area lot size \
    year built property type taxes fee status address features parking garage heating cooling roof flooring \
    basement pool pets schools energy rating tenure listing number half stories hud fair housing",
    )
});

/// German writes every noun with a capital, so capitals tell nothing there.
fn is_german(text: &Text<'_>) -> bool {
    let count = (0..text.tokens.len())
        .filter(|i| {
            matches!(
                text.word(*i),
                "der"
                    | "die"
                    | "das"
                    | "und"
                    | "ist"
                    | "ein"
                    | "eine"
                    | "mit"
                    | "nicht"
                    | "hat"
                    | "kostet"
                    | "wurde"
                    | "gibt"
                    | "es"
                    | "den"
                    | "liegt"
                    | "keine"
                    | "kein"
            )
        })
        .count();
    count >= 2
}
