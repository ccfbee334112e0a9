//! Finds the phrases of the topic table in a text.

use std::sync::LazyLock;

use super::token::Text;
use super::topic::{TABLE, Topic};
use super::{Phrases, same};

/// A phrase of the table found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    pub topic: Topic,
    /// Tokens.
    pub from: usize,
    pub to: usize,
}

static PHRASES: LazyLock<Phrases<Topic>> =
    LazyLock::new(|| Phrases::new(TABLE.iter().map(|(topic, _, _, phrases)| (*topic, *phrases))));

/// Every phrase of a text, longest match first, left to right, without overlap.
pub fn mentions(text: &Text<'_>) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < text.tokens.len() {
        match longest(text, i) {
            Some((topic, to)) => {
                if topic != Topic::Nothing {
                    found.push(Mention { topic, from: i, to });
                }
                i = to;
            }
            None => i += 1,
        }
    }
    found
}

fn longest(text: &Text<'_>, at: usize) -> Option<(Topic, usize)> {
    if !text.is_word(at) {
        return None;
    }
    let word = text.word(at);
    let word = word.strip_suffix("'s").unwrap_or(word);
    let mut best: Option<(Topic, usize)> = None;
    PHRASES.starting(word, |rest, topic| {
        if let Some(to) = matches(text, at + 1, rest)
            && best.is_none_or(|(_, end)| to > end)
        {
            best = Some((topic, to));
        }
    });
    best
}

/// End of a phrase whose further words must follow from token `i`; hyphens between them are passed.
fn matches(text: &Text<'_>, mut i: usize, rest: &[&str]) -> Option<usize> {
    for wanted in rest {
        if text.is_mark(i, '-') {
            i += 1;
        }
        if !same(text.word(i), wanted) {
            return None;
        }
        i += 1;
    }
    Some(i)
}

#[cfg(test)]
mod tests {
    use super::super::topic::{TABLE, Topics};
    use super::*;

    fn topics(text: &str) -> Vec<Topic> {
        mentions(&Text::new(text)).iter().map(|m| m.topic).collect()
    }

    #[test]
    fn the_longest_phrase_wins_and_forms_are_joined() {
        assert_eq!(topics("Swimming pools, not pool tables"), [Topic::Pool]);
        assert_eq!(
            topics("a 3-bedroom single-family home"),
            [Topic::Bedrooms, Topic::SingleFamily]
        );
        assert_eq!(topics("two stories, three storeys"), [Topic::Stories, Topic::Stories]);
        assert_eq!(
            topics("living room, living space"),
            [Topic::LivingRoom, Topic::LivingArea]
        );
        assert_eq!(topics("Superficie del jardín"), [Topic::LivingArea, Topic::Garden]);
    }

    #[test]
    fn the_table_fits_the_set() {
        assert!(TABLE.len() <= 320);
        let mut set = Topics::default();
        set.insert(Topic::Agent);
        set.insert(Topic::Pool);
        assert!(set.contains(Topic::Agent) && set.contains(Topic::Pool) && !set.contains(Topic::Garage));
        for (i, (topic, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*topic as usize, i);
        }
    }
}
