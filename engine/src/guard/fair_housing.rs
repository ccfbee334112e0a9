//! Fair housing: nobody is steered, in questions, answers or a listing's own words.
//!
//! Word rules only, so they are fast, repeatable and shown to whoever is affected; what they miss is
//! for a trained classifier beside them. The classes follow the federal Fair Housing Act (42 U.S.C.
//! 3604) with the common state additions; safety, the kind of people and the rank of schools are
//! added because answers about them steer. Streets and towns named after a group, colours of things
//! and questions about accessibility are no findings.

use std::fmt;
use std::sync::LazyLock;

#[path = "fair_housing/lists.rs"]
mod lists;

use lists::{GROUPS, Group};

use super::super::retrieval::index::list::{Phrases, same};

static QUESTION: LazyLock<Phrases<Category>> = LazyLock::new(|| Phrases::new(lists::QUESTION.iter().copied()));
static ANSWER: LazyLock<Phrases<Category>> = LazyLock::new(|| Phrases::new(lists::ANSWER.iter().copied()));
static COPY: LazyLock<Phrases<Category>> = LazyLock::new(|| Phrases::new(lists::COPY.iter().copied()));
static NAMES: LazyLock<Phrases<&'static Group>> =
    LazyLock::new(|| Phrases::new(GROUPS.iter().map(|group| (group, group.words))));

/// What a text touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    Race,
    NationalOrigin,
    Religion,
    Sex,
    FamilialStatus,
    Disability,
    Age,
    Income,
    /// Crime and how safe a place is.
    Safety,
    /// Who lives there, what kind of neighbourhood it is.
    People,
    /// How good schools are; which ones they are is a fact.
    Schools,
}

impl Category {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Race => "race",
            Self::NationalOrigin => "national origin",
            Self::Religion => "religion",
            Self::Sex => "sex or orientation",
            Self::FamilialStatus => "family status",
            Self::Disability => "disability",
            Self::Age => "age",
            Self::Income => "source of income",
            Self::Safety => "safety",
            Self::People => "residents",
            Self::Schools => "school quality",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in a text that must not be answered, said or published as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub category: Category,
    /// The words that gave rise to it, in lower case.
    pub matched: String,
}

/// Checks what a buyer asks: it is answered with neutral facts and official sources only.
pub fn question(text: &str) -> Option<Finding> {
    let words = Words::new(text);
    words
        .phrases(&QUESTION)
        .or_else(|| words.safety())
        .or_else(|| words.people_question())
        .or_else(|| words.group_question())
        .or_else(|| limits(&words))
}

/// Checks a sentence of an answer before a buyer sees it.
pub fn answer(text: &str) -> Option<Finding> {
    let words = Words::new(text);
    copy_words(&words).or_else(|| words.phrases(&ANSWER))
}

/// Checks what a realtor or a listing wrote for wording that states a preference or a limitation
/// (§ 3604(c)). Praise of schools or of a family-friendly area is left to [`answer`].
pub fn copy(text: &str) -> Option<Finding> {
    copy_words(&Words::new(text))
}

fn copy_words(words: &Words) -> Option<Finding> {
    // Housing for older persons may say so (42 U.S.C. 3607(b)).
    let exempt = words.words.iter().any(|w| w == "hopa")
        || words
            .words
            .windows(3)
            .any(|w| w[0] == "for" && w[1] == "older" && w[2] == "persons");
    let found = copy_finding(words);
    found.filter(|f| !(exempt && matches!(f.category, Category::Age | Category::FamilialStatus)))
}

fn copy_finding(words: &Words) -> Option<Finding> {
    limits(words)
        .or_else(|| words.phrases(&COPY))
        .or_else(|| words.group_dwelling())
}

/// "No children", "adults only", "Christians preferred", "perfect for young professionals".
fn limits(words: &Words) -> Option<Finding> {
    for (i, group) in words.groups() {
        let end = i + group.1;
        let (before, after) = (words.at(i.wrapping_sub(1)), words.at(end));
        let people = group.0.people;
        let refused = matches!(before, "no" | "not" | "kein" | "keine" | "ningun")
            && people
            && !lists::THINGS.contains(after)
            && !words.is_negated_fact(i, end);
        let only = (after == "only" || (before == "only" && words.at(i.wrapping_sub(2)) != "the")) && people;
        let preferred = matches!(after, "preferred" | "wanted" | "prefered" | "need" | "not")
            && (after != "need" || words.at(end + 1) == "not")
            && (after != "not" || matches!(words.at(end + 1), "allowed" | "welcome" | "accepted" | "permitted"));
        let preference = before == "for" && matches!(words.at(i.wrapping_sub(2)), "preference" | "nur");
        let suited = group.0.suited && words.is_suited(i);
        if refused || only || preferred && people || preference || suited {
            let from = i.saturating_sub(1);
            return Some(words.finding(group.0.category, from, end + 1));
        }
    }
    None
}

/// A text cut into lower-case words; capitals are remembered to tell names of places.
struct Words {
    words: Vec<String>,
    capital: Vec<bool>,
    /// A mark that ends a thought stands before the word.
    starts: Vec<bool>,
}

impl Words {
    fn new(text: &str) -> Self {
        let (mut words, mut capital, mut starts) = (Vec::new(), Vec::new(), Vec::new());
        let mut fresh = true;
        let mut word = String::new();
        let mut upper = false;
        for c in text.chars().chain([' ']) {
            if c.is_alphanumeric() || c == '+' {
                if word.is_empty() {
                    upper = c.is_uppercase();
                }
                super::super::retrieval::index::words::fold(c, &mut word);
            } else if matches!(c, '\'' | '’') {
                // "what's" is read as "whats".
            } else {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                    capital.push(upper);
                    starts.push(fresh);
                    fresh = false;
                }
                fresh |= matches!(c, '.' | '!' | '?' | ';' | ':' | '\n');
            }
        }
        Self { words, capital, starts }
    }

    fn at(&self, i: usize) -> &str {
        self.words.get(i).map_or("", String::as_str)
    }

    fn finding(&self, category: Category, from: usize, to: usize) -> Finding {
        Finding {
            category,
            matched: self.words[from.min(self.words.len())..to.min(self.words.len())].join(" "),
        }
    }

    /// The first phrase of a list; in one `*` stands for up to three words.
    fn phrases(&self, list: &Phrases<Category>) -> Option<Finding> {
        (0..self.words.len()).find_map(|i| {
            let mut found = None;
            list.starting(self.at(i), |rest, category| {
                if found.is_none()
                    && let Some(to) = self.ends(i, rest)
                {
                    let thing = lists::THINGS.contains(self.at(to)) && category != Category::Safety;
                    found = (!thing && !self.is_place(i, to)).then(|| self.finding(category, i, to));
                }
            });
            found
        })
    }

    /// End of a phrase that begins at word `from` and goes on with `rest`.
    fn ends(&self, from: usize, rest: &[&str]) -> Option<usize> {
        let mut i = from + 1;
        let mut gap = 0;
        for wanted in rest {
            if *wanted == "*" {
                gap = 3;
                continue;
            }
            let open = |j: &usize| !self.starts.get(*j).copied().unwrap_or(true);
            let found = (i..=i + gap).take_while(open).find(|j| same(self.at(*j), wanted))?;
            i = found + 1;
            gap = 0;
        }
        Some(i)
    }

    /// Names of streets, towns and institutions: "White Plains", "Christian Street", "Church Road".
    fn is_place(&self, from: usize, to: usize) -> bool {
        let named = |i: usize| self.capital.get(i).copied().unwrap_or(false) && lists::PLACES.contains(self.at(i));
        (from..to).any(|i| self.capital[i] && named(i + 1) && i + 1 >= to)
            || (from > 0
                && matches!(self.at(from - 1), "st" | "saint" | "san" | "santa" | "mount")
                && self.capital[from])
    }

    /// Groups of people named in the text: position, group, number of words.
    fn groups(&self) -> impl Iterator<Item = (usize, (&'static Group, usize))> + '_ {
        (0..self.words.len()).filter_map(|i| {
            let mut best: Option<(&'static Group, usize)> = None;
            NAMES.starting(self.at(i), |rest, group| {
                if let Some(to) = self.ends(i, rest)
                    && best.is_none_or(|(known, length)| (to - i, group.people) > (length, known.people))
                {
                    best = Some((group, to - i));
                }
            });
            let (group, length) = best?;
            let thing = lists::THINGS.contains(self.at(i + length));
            (!thing && !self.is_place(i, i + length)).then_some((i, (group, length)))
        })
    }

    /// "No children were …" reports, "no kids under 12 allowed" forbids; "not a family room" is no limit.
    fn is_negated_fact(&self, from: usize, end: usize) -> bool {
        self.at(from.wrapping_sub(1)) == "not" && self.at(end).is_empty()
    }

    /// "Perfect for", "ideal for", "designed for", "not suitable for" up to four words before.
    fn is_suited(&self, i: usize) -> bool {
        let from = i.saturating_sub(5);
        (from..i).any(|j| {
            matches!(self.at(j), "for" | "to" | "where")
                && matches!(
                    self.at(j.wrapping_sub(1)),
                    "perfect"
                        | "ideal"
                        | "great"
                        | "suited"
                        | "suitable"
                        | "designed"
                        | "best"
                        | "good"
                        | "made"
                        | "excellent"
                        | "wonderful"
                        | "appeal"
                        | "only"
                        | "right"
                        | "tailored"
                        | "catering"
                )
                && (j + 1..i).all(|k| !self.starts[k])
        })
    }

    /// "Is it safe?", "how safe is the area", but not a wall safe or a safe deck.
    fn safety(&self) -> Option<Finding> {
        let i = (0..self.words.len()).find(|i| {
            matches!(
                self.at(*i),
                "safe"
                    | "safer"
                    | "safest"
                    | "unsafe"
                    | "dangerous"
                    | "seguro"
                    | "segura"
                    | "sicher"
                    | "peligroso"
                    | "peligrosa"
                    | "gefahrlich"
                    | "dangereux"
                    | "dangereuse"
            )
        })?;
        let thing = self.words.iter().any(|w| lists::SAFE_THINGS.contains(w.as_str()));
        let place = self.words.iter().any(|w| {
            lists::AREAS.contains(w.as_str())
                || matches!(
                    w.as_str(),
                    "walk"
                        | "walking"
                        | "night"
                        | "live"
                        | "here"
                        | "there"
                        | "kids"
                        | "children"
                        | "family"
                        | "place"
                        | "feel"
                )
        });
        let short = self.words.len() <= 5 && matches!(self.at(i.wrapping_sub(1)), "it" | "how" | "this" | "es" | "das");
        let a_safe = matches!(self.at(i.wrapping_sub(1)), "a" | "wall" | "gun" | "built")
            && !lists::AREAS.contains(self.at(i + 1))
            && self.at(i + 1) != "place";
        ((place || short && !thing) && !a_safe).then(|| self.finding(Category::Safety, i, i + 1))
    }

    /// "What are the neighbours like", "is it a good area".
    fn people_question(&self) -> Option<Finding> {
        for i in 0..self.words.len() {
            if !lists::AREAS.contains(self.at(i)) || self.is_place(i, i + 1) {
                continue;
            }
            let praised =
                (i.saturating_sub(3)..i).find(|j| lists::PRAISE.contains(self.at(*j)) && !self.starts[*j + 1]);
            let praised_after = lists::PRAISE.contains(self.at(i + 1))
                && matches!(self.at(i.wrapping_sub(1)), "the" | "this")
                && matches!(self.at(0), "is" | "are" | "how");
            let like = (i + 1..i + 4)
                .find(|j| self.at(*j) == "like" && self.at(*j + 1).is_empty())
                .filter(|_| {
                    self.words
                        .iter()
                        .any(|w| matches!(w.as_str(), "what" | "whats" | "how" | "describe"))
                });
            if let Some(from) = praised {
                return Some(self.finding(Category::People, from, i + 1));
            }
            if praised_after || like.is_some() {
                return Some(self.finding(Category::People, i, i + 2));
            }
        }
        None
    }

    /// A group named in a question together with people or places to live.
    fn group_question(&self) -> Option<Finding> {
        for (i, (group, length)) in self.groups() {
            let mostly = (i.saturating_sub(2)..i)
                .any(|j| matches!(self.at(j), "mostly" | "predominantly" | "mainly" | "majority"));
            // Questions about children and age have phrases of their own.
            if matches!(group.category, Category::FamilialStatus | Category::Age) && !mostly {
                continue;
            }
            let end = i + length;
            let around = lists::PEOPLE.contains(self.at(end)) || lists::AREAS.contains(self.at(end));
            let counted = (i.saturating_sub(3)..i).any(|j| {
                matches!(
                    self.at(j),
                    "many"
                        | "mostly"
                        | "predominantly"
                        | "mainly"
                        | "majority"
                        | "any"
                        | "other"
                        | "percent"
                        | "percentage"
                )
            });
            let area = self.words.iter().any(|w| {
                lists::AREAS.contains(w.as_str())
                    || matches!(w.as_str(), "live" | "lives" | "living" | "neighbors" | "neighbours")
            });
            // "Are the people next door white?"
            let described = self.at(end).is_empty() && self.words.iter().any(|w| lists::PEOPLE.contains(w.as_str()));
            if around
                || mostly
                || group.people && (counted || area)
                || group.category != Category::Disability && (described || counted && self.at(end).is_empty())
            {
                return Some(self.finding(group.category, i, end + usize::from(around)));
            }
        }
        None
    }

    /// "White family home", "Christian neighborhood".
    fn group_dwelling(&self) -> Option<Finding> {
        for (i, (group, length)) in self.groups() {
            let end = i + length;
            let dwelling = matches!(
                group.category,
                Category::Religion | Category::NationalOrigin | Category::Race
            ) && (lists::AREAS.contains(self.at(end))
                || matches!(
                    self.at(end),
                    "family" | "families" | "people" | "professionals" | "residents" | "neighbors"
                )
                || (group.category == Category::Religion && matches!(self.at(end), "home" | "household")));
            let center = matches!(
                self.at(end + 1),
                "center" | "centre" | "college" | "school" | "association"
            );
            if dwelling && !center {
                return Some(self.finding(group.category, i, end + 1));
            }
        }
        None
    }
}

#[cfg(test)]
#[path = "fair_housing/tests.rs"]
mod tests;
