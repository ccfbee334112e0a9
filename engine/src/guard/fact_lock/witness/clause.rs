//! The clauses of a sentence: a subject and what is said of it.

use std::ops::Range;

use super::super::reading::Reading;
use super::super::token::{Kind, Text};
use super::super::{WordSet, set};
use super::syntax::{PRONOUNS, RELATIVES, statements, verb};
use super::{Element, Source};

/// A stretch of a sentence with a subject and what is said of it.
#[derive(Debug)]
pub(super) struct Clause<'e> {
    pub(super) range: Range<usize>,
    /// Each of these is the subject of each of the others.
    pub(super) subjects: Vec<Vec<&'e Element<'e>>>,
    pub(super) predicates: Vec<Vec<&'e Element<'e>>>,
}

impl<'e> Clause<'e> {
    fn new(text: &Text<'_>, range: Range<usize>, elements: &'e [Element<'e>]) -> Self {
        let at = verb(text, range.clone()).unwrap_or(range.start);
        let inside = |range: Range<usize>| elements.iter().filter(move |e| range.contains(&e.range.start));
        // "On the second floor, the half bath is …": where it is belongs to what is there.
        let adverb = PREPOSITIONS.contains(text.word(range.start));
        let subjects = if adverb {
            vec![inside(range.start..at).collect()]
        } else {
            items(text, inside(range.start..at))
        };
        Self {
            subjects,
            predicates: items(text, inside(at..range.end)),
            range,
        }
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &'e Element<'e>> {
        self.subjects.iter().chain(&self.predicates).flatten().copied()
    }

    pub(super) fn stands(&self, said: &Reading<'_>, sources: &[&Source]) -> bool {
        let together =
            |a: &Element<'_>, b: &Element<'_>| sources.iter().any(|s| s.carries(a, said) && s.carries(b, said));
        let one = |wanted: &[&Element<'_>]| sources.iter().any(|s| wanted.iter().all(|e| s.carries(e, said)));
        let whole = |e: &&Element<'_>| sources.iter().any(|s| s.whole && s.carries(e, said));
        if self.elements().all(|e| whole(&e)) {
            return true;
        }
        let nothing = [Vec::new()];
        let [subjects, predicates] = [&self.subjects, &self.predicates].map(|parts| match parts.is_empty() {
            true => &nothing[..],
            false => parts,
        });
        subjects.iter().all(|subject| {
            predicates.iter().all(|predicate| {
                let both: Vec<&Element<'_>> = subject.iter().chain(predicate).copied().collect();
                // "The covered balcony": that it is covered may stand elsewhere.
                let both: Vec<&Element<'_>> = both
                    .iter()
                    .enumerate()
                    .filter(|(i, e)| {
                        let next = both.get(i + 1).filter(|next| next.range.start == e.range.end);
                        !next.is_some_and(|next| e.describes(next) && together(e, next))
                    })
                    .map(|(_, e)| *e)
                    .collect();
                let rest = || -> Vec<&Element<'_>> { predicate.iter().copied().filter(|e| !whole(e)).collect() };
                one(&both) || subject.is_empty() && one(&rest())
            })
        })
    }
}

/// Cuts elements where a list goes on: at commas and "and". What comes "with" something stays with it.
fn items<'e>(text: &Text<'_>, elements: impl Iterator<Item = &'e Element<'e>>) -> Vec<Vec<&'e Element<'e>>> {
    let mut out: Vec<Vec<&'e Element<'e>>> = Vec::new();
    for element in elements {
        let joined = out.last().and_then(|item| item.last()).is_some_and(|last| {
            !(last.range.end..element.range.start).any(|i| text.is_mark(i, ',') || LISTS.contains(text.word(i)))
        });
        match out.last_mut().filter(|_| joined) {
            Some(item) => item.push(element),
            None => out.push(vec![element]),
        }
    }
    out
}

/// The clauses of what is said. A relative one has the word before it as its subject.
pub(super) fn clauses<'e>(text: &Text<'_>, elements: &'e [Element<'e>]) -> Vec<Clause<'e>> {
    let aside = |i: usize| match text.tokens[i].kind {
        Kind::Mark(':' | '(' | ')') => true,
        Kind::Mark(',') => i <= 3 && ANSWERS.contains(text.word(0)),
        _ => false,
    };
    let mut out = Vec::new();
    for range in statements(text, aside) {
        let relative =
            |i: &usize| RELATIVES.contains(text.word(*i)) && verb(text, i + 1..range.end.min(i + 5)).is_some();
        let mut from = range.start;
        for i in range.clone().skip(1).filter(relative) {
            out.push(from..i);
            let last = elements
                .iter()
                .rev()
                .find(|e| e.range.end <= i && e.range.start >= from);
            from = last.map_or(i + 1, |last| last.range.start);
        }
        out.push(from..range.end);
    }
    out.retain(|range| !range.is_empty());
    let mut all: Vec<Clause<'e>> = Vec::new();
    for range in out {
        let mut clause = Clause::new(text, range, elements);
        // "The terrace is private, and **it** measures …"
        if clause.subjects.is_empty()
            && PRONOUNS.contains(text.word(clause.range.start + usize::from(text.word(clause.range.start) == "and")))
            && let Some(before) = all.last()
        {
            clause.subjects.clone_from(&before.subjects);
        }
        all.push(clause);
    }
    all
}

static ANSWERS: WordSet = WordSet::new(|| set("yes no yeah correct right actually unfortunately according sure"));

static PREPOSITIONS: WordSet = WordSet::new(|| {
    set(
        "up on in at from out inside outside upstairs downstairs with for down over under behind beside near off above below through to within",
    )
});

static LISTS: WordSet = WordSet::new(|| set("and or plus including along"));
