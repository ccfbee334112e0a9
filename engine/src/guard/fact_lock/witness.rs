//! Whether one source says the whole of a statement. A source that names the boathouse and another that names running
//! water do not say that the boathouse has running water: what a clause puts together must stand together in one sentence
//! of a passage or in one field of the record, asserted or denied alike.
//!
//! Only English clauses are read this way; the words that hold them together are English.

use std::collections::HashMap;
use std::ops::Range;

use super::super::super::retrieval::index::words::{Stemmer, stemmer};
use super::claim::Claim;
use super::reading::Reading;
use super::stance::Stance;
use super::support::{has_field, same_number};
use super::token::{Kind, Text};
use super::topic::{Topic, Topics};
use super::vocabulary::{is_common, is_lexical, parts};
use super::{Quick, WordSet, set};

const ASSERTED: u8 = 1;
const DENIED: u8 = 2;

/// What one sentence of a passage or one field of the record says, in a form that is quick to ask.
#[derive(Clone, Debug, Default)]
pub struct Source {
    words: HashMap<Box<str>, u8, Quick>,
    asserted: Topics,
    denied: Topics,
    claims: Vec<Claim>,
    /// A field about the house as a whole, which may be told together with other such fields.
    whole: bool,
}

impl Source {
    /// One field of the record.
    pub fn of_field(name: &str, readings: &[Reading<'_>], whole: bool) -> Self {
        let mut source = Self {
            whole,
            ..Self::default()
        };
        source.add_words(&Text::new(name));
        for reading in readings {
            source.add(reading, 0..reading.text.tokens.len());
        }
        source
    }

    fn add_words(&mut self, text: &Text<'_>) {
        for i in (0..text.tokens.len()).filter(|i| is_lexical(text, *i)) {
            self.note(text.word(i), ASSERTED);
        }
    }

    fn note(&mut self, word: &str, stance: u8) {
        let stemmer = stemmer();
        for part in parts(word) {
            *self.words.entry(stem(&stemmer, part)).or_default() |= stance;
        }
    }

    fn add(&mut self, reading: &Reading<'_>, range: Range<usize>) {
        // "The grill is excluded" is "The grill is not included".
        let excludes = |i: usize| EXCLUDING.contains(reading.text.word(i));
        let excluded = range.clone().any(excludes);
        if excluded {
            self.note("included", DENIED);
        }
        let bit = |i: usize| match is_denied(reading, i) {
            true => DENIED,
            false if excluded => ASSERTED | DENIED,
            _ => ASSERTED,
        };
        for i in range.clone().filter(|i| is_lexical(&reading.text, *i)) {
            self.note(reading.text.word(i), bit(i));
        }
        for mention in reading.mentions.iter().filter(|m| range.contains(&m.from)) {
            for (flag, topics) in [(ASSERTED, &mut self.asserted), (DENIED, &mut self.denied)] {
                if bit(mention.from) & flag != 0 {
                    topics.insert(mention.topic);
                    mention.topic.implied().iter().for_each(|topic| topics.insert(*topic));
                }
            }
        }
        let inside = reading
            .claims
            .iter()
            .filter(|claim| range.contains(&claim.quantity.from));
        self.claims.extend(inside.cloned());
    }

    fn carries(&self, part: &Element<'_>, said: &Reading<'_>) -> bool {
        let bit = part.stance;
        match &part.what {
            What::Number(claim) => self
                .claims
                .iter()
                .any(|known| same_number(&claim.quantity, &known.quantity)),
            What::Word(stem) => self.words.get(stem.as_ref()).is_some_and(|seen| seen & bit != 0),
            What::Topic(topic) => {
                let stands = |bit: u8, topics: Topics| part.stance & bit != 0 && topics.contains(*topic);
                stands(ASSERTED, self.asserted)
                    || stands(DENIED, self.denied)
                    || self.has_phrase(&said.text, part.range.clone(), bit)
            }
        }
    }

    fn has_phrase(&self, text: &Text<'_>, mut range: Range<usize>, bit: u8) -> bool {
        let stemmer = stemmer();
        range.all(|i| {
            !is_lexical(text, i)
                || parts(text.word(i)).all(|word| {
                    self.words
                        .get(&stem(&stemmer, word))
                        .is_some_and(|seen| seen & bit != 0)
                })
        })
    }
}

/// The sources of passages, in order; a sentence that goes on about the one before is read with its subject.
pub fn sources(readings: &[Reading<'_>]) -> Vec<Source> {
    let mut out = Vec::new();
    let mut before: Option<(&Reading<'_>, Range<usize>)> = None;
    for reading in readings {
        for range in lines(&reading.text) {
            let mut source = Source::default();
            if let Some((earlier, subject)) = &before
                && goes_on(reading.text.word(range.start))
            {
                source.add(earlier, subject.clone());
            }
            source.add(reading, range.clone());
            out.push(source);
            let end = verb(&reading.text, range.clone()).unwrap_or(range.end);
            before = Some((reading, range.start..end));
        }
    }
    out
}

/// The statements of a source. Of short lines that stand together each is read with the next: a label and its value.
fn lines(text: &Text<'_>) -> Vec<Range<usize>> {
    let ends: Vec<usize> = (0..text.tokens.len()).filter(|i| text.is_mark(*i, '\n')).collect();
    if ends.is_empty() {
        return statements(text, |_| false);
    }
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let ends = ends.iter().copied().skip(1).chain([text.tokens.len()]);
    starts.zip(ends).map(|(from, to)| from..to).collect()
}

fn goes_on(first: &str) -> bool {
    PRONOUNS.contains(first) || GOES_ON.contains(first) || VERBS.contains(first)
}

/// "The grill is not **included**" denies both the grill and that it is included.
fn is_denied(reading: &Reading<'_>, i: usize) -> bool {
    let before = i.checked_sub(1).map_or("", |i| reading.text.word(i));
    reading.stances.get(i) == Some(&Stance::Denied) || before == "not" || before.ends_with("n't")
}

/// Something a clause says: a subject, a number or a word.
#[derive(Debug)]
struct Element<'r> {
    range: Range<usize>,
    /// How a source may say it.
    stance: u8,
    what: What<'r>,
}

#[derive(Debug)]
enum What<'r> {
    Topic(Topic),
    Number(&'r Claim),
    Word(Box<str>),
}

impl Element<'_> {
    /// A word before the thing that it describes, and does not tell from others of its kind.
    fn describes(&self, next: &Self) -> bool {
        let room = |topic: Topic| {
            use Topic::{Bathrooms, Bedrooms, Closet, Kitchen, LivingRoom};
            matches!(topic, Bathrooms | Bedrooms | Closet | Kitchen | LivingRoom)
        };
        matches!(&self.what, What::Word(word) if !TELLING_APART.contains(word.as_ref()))
            && matches!(next.what, What::Topic(topic) if !room(topic))
    }
}

/// What a clause says, in the order of its words.
fn elements<'r>(said: &'r Reading<'_>, free: impl Fn(&str) -> bool) -> Vec<Element<'r>> {
    let text = &said.text;
    let stemmer = stemmer();
    let mut out: Vec<Element<'r>> = Vec::new();
    // "There is no microwave in the kitchen": what is denied is the microwave, and the topics know it.
    let denial = said
        .mentions
        .iter()
        .any(|m| m.topic.is_stated() && is_denied(said, m.from));
    let mut i = 0;
    while i < text.tokens.len() {
        let denied = is_denied(said, i);
        let claim = said.claims.iter().find(|c| c.quantity.from == i);
        let mention = said.mentions.iter().find(|m| m.from == i);
        let (to, what) = match (claim, mention) {
            (Some(claim), _) => (claim.quantity.to, Some(What::Number(claim))),
            (None, Some(mention)) => {
                // The topics know what is denied of the house.
                let judged = denied && mention.topic.is_stated() || is_frame(mention.topic);
                let free = (mention.from..mention.to).all(|i| free(&stem(&stemmer, text.word(i))));
                (mention.to, (!judged && !free).then_some(What::Topic(mention.topic)))
            }
            (None, None) => {
                let word = text.word(i);
                let weighs = |part: &&str| binds(text, i) || !is_common(part) && !VERBS.contains(*part);
                let says = parts(word)
                    .filter(weighs)
                    .map(|part| stem(&stemmer, part))
                    .find(|stem| !free(stem));
                (i + 1, says.filter(|_| is_lexical(text, i)).map(What::Word))
            }
        };
        if let Some(what) = what.filter(|_| said.stances.get(i) != Some(&Stance::Open)) {
            out.push(Element {
                range: i..to,
                stance: match denied {
                    true if denial => ASSERTED | DENIED,
                    true => DENIED,
                    false => ASSERTED,
                },
                what,
            });
        }
        i = to.max(i + 1);
    }
    out
}

/// The house itself and the words of its offer are what every clause is about.
fn is_frame(topic: Topic) -> bool {
    topic.is_whole()
        || matches!(
            topic,
            Topic::Listed | Topic::Agent | Topic::Address | Topic::Stories | Topic::Units | Topic::Rooms
        )
}

/// A common word that ties what it stands beside: whose, for whom, how many.
fn binds(text: &Text<'_>, i: usize) -> bool {
    let word = text.word(i);
    let before = i.checked_sub(1).map_or("", |i| text.word(i));
    match word {
        "left" | "right" => {
            before == "the" && !matches!(text.word(i + 1), "person" | "place" | "time" | "one" | "choice" | "fit")
        }
        _ => BINDING.contains(word),
    }
}

/// The first clause of a sentence that no source says as a whole. `free` tells the words that need no source; the passages
/// are asked for when the record does not carry a clause, `None` where they cannot be judged.
pub fn missing<'r>(
    said: &'r Reading<'_>,
    free: impl Fn(&str) -> bool,
    record: &[Source],
    passages: impl FnOnce() -> Option<&'r [Source]>,
) -> Option<&'r str> {
    let elements = elements(said, free);
    let mut open: Vec<Clause<'_>> = clauses(&said.text, &elements);
    let known: Vec<&Source> = record.iter().collect();
    open.retain(|clause| !clause.stands(said, &known));
    if open.is_empty() {
        return None;
    }
    let known: Vec<&Source> = record.iter().chain(passages()?).collect();
    let clause = open.into_iter().find(|clause| !clause.stands(said, &known))?;
    Some(said.text.slice(clause.range.start, clause.range.end))
}

/// Whether one source says all that a clause says with a number, whatever the number counts there. What has a field of
/// its own is held to the field.
pub fn tells<'r>(
    said: &'r Reading<'_>,
    claim: &Claim,
    free: impl Fn(&str) -> bool,
    sources: impl Iterator<Item = &'r Source>,
) -> bool {
    let kind = claim.quantity.value.kind();
    let named = |topic: Topic| said.mentions.iter().any(|m| m.topic.canonical(kind) == topic);
    let held =
        |topic: &Topic| has_field(topic) && named(*topic) && !(*topic == Topic::Built && !claim.objects.is_empty());
    if claim.subject.as_ref().is_some_and(held) {
        return false;
    }
    let elements = elements(said, free);
    let is_it = |e: &&Element<'_>| e.range.start == claim.quantity.from;
    let clauses = clauses(&said.text, &elements);
    let Some(clause) = clauses.iter().find(|c| c.elements().any(|e| is_it(&e))) else {
        return false;
    };
    let wanted: Vec<&Element<'_>> = match clause.predicates.iter().find(|item| item.iter().any(|e| is_it(e))) {
        Some(item) => clause.subjects.iter().flatten().chain(item).copied().collect(),
        None => clause.elements().collect(),
    };
    let words = wanted.iter().filter(|e| !matches!(e.what, What::Number(_))).count();
    let beside = |source: &Source| {
        let known = source
            .claims
            .iter()
            .filter(|k| same_number(&claim.quantity, &k.quantity));
        known
            .into_iter()
            .any(|k| claim.objects.is_empty() || claim.objects.meets(k.objects))
    };
    words >= 2
        && sources
            .into_iter()
            .any(|s| beside(s) && wanted.iter().all(|e| s.carries(e, said)))
}

/// A stretch of a sentence with a subject and what is said of it.
#[derive(Debug)]
struct Clause<'e> {
    range: Range<usize>,
    /// Each of these is the subject of each of the others.
    subjects: Vec<Vec<&'e Element<'e>>>,
    predicates: Vec<Vec<&'e Element<'e>>>,
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

    fn elements(&self) -> impl Iterator<Item = &'e Element<'e>> {
        self.subjects.iter().chain(&self.predicates).flatten().copied()
    }

    fn stands(&self, said: &Reading<'_>, sources: &[&Source]) -> bool {
        let together =
            |a: &Element<'_>, b: &Element<'_>| sources.iter().any(|s| s.carries(a, said) && s.carries(b, said));
        let one = |wanted: &[&Element<'_>]| sources.iter().any(|u| wanted.iter().all(|e| u.carries(e, said)));
        let whole = |e: &&Element<'_>| sources.iter().any(|u| u.whole && u.carries(e, said));
        let mut all = self.subjects.iter().chain(&self.predicates).flatten();
        if all.all(whole) {
            return true;
        }
        let none = [Vec::new()];
        let subjects = if self.subjects.is_empty() {
            &none[..]
        } else {
            &self.subjects
        };
        let predicates = if self.predicates.is_empty() {
            &none[..]
        } else {
            &self.predicates
        };
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

/// Cuts a text where something with a subject of its own begins, and where `also` says so.
fn statements(text: &Text<'_>, also: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    for i in 0..text.tokens.len() {
        let own = || verb(text, from..i).is_some() && begins(text, i + 1);
        let turn = match text.tokens[i].kind {
            Kind::Mark(';' | '\n') => true,
            Kind::Mark(',') => TURNS.contains(text.word(i + 1)) || own(),
            Kind::Word if text.word(i) == "and" => own(),
            Kind::Word => TURNS.contains(text.word(i)),
            _ => false,
        };
        if turn || also(i) {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..text.tokens.len());
    out.retain(|range| !range.is_empty());
    out
}

/// The clauses of what is said. A relative one has the word before it as its subject.
fn clauses<'e>(text: &Text<'_>, elements: &'e [Element<'e>]) -> Vec<Clause<'e>> {
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

/// "… and **cooling is** by central air": a clause with a subject of its own.
fn begins(text: &Text<'_>, i: usize) -> bool {
    if RELATIVES.contains(text.word(i)) {
        return false;
    }
    let end = (i..text.tokens.len().min(i + 6))
        .find(|i| matches!(text.tokens[*i].kind, Kind::Mark(mark) if mark != '-'))
        .unwrap_or(text.tokens.len().min(i + 6));
    verb(text, i..end).is_some_and(|at| at > i || text.word(i).contains('\''))
}

/// The first verb of a clause.
fn verb(text: &Text<'_>, range: Range<usize>) -> Option<usize> {
    range.into_iter().find(|i| {
        let word = text.word(*i);
        VERBS.contains(word)
            || word.ends_with("n't")
            || matches!(word, "it's" | "there's" | "that's" | "you'll" | "you're" | "you'd")
    })
}

/// Words that stand for each other, by their stems; the first of a line stands for all.
fn stem(stemmer: &Stemmer, word: &str) -> Box<str> {
    let stem = stemmer.stem(word);
    let same = SAME.get(stem.as_ref()).copied();
    same.map_or_else(|| stem.as_ref().into(), Into::into)
}

static SAME: std::sync::LazyLock<HashMap<String, &'static str>> = std::sync::LazyLock::new(|| {
    let stemmer = stemmer();
    let line = |line: &'static str| {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let list: Vec<(String, &'static str)> = std::iter::once(first)
            .chain(words)
            .map(|w| (stemmer.stem(w).into_owned(), first))
            .collect();
        list
    };
    SAME_LINES.lines().flat_map(line).collect()
});

const SAME_LINES: &str = "\
included includes covers covered convey conveys stays stay remain remains comes come
seller owner vendor
tenant renter
shared shares communal
upper upstairs up
lower downstairs down
allowed permitted welcome
trash garbage refuse
replaced new
";

/// Common words that say whose something is, who pays, whether it comes with the house, how many of it are meant.
static BINDING: WordSet = WordSet::new(|| {
    set(
        "first second third fourth fifth midnight noon double buyer buyers residents smaller larger bigger front rear upper lower included covered convey conveys stay stays separate separately shared share each every seller sellers owner owners tenant tenants landlord",
    )
});

/// Stems of words that tell one thing from another of its kind.
static TELLING_APART: WordSet = WordSet::new(|| {
    set("front rear back smaller small larg larger upper lower upstair downstair north south east west main left right")
});

static PRONOUNS: WordSet = WordSet::new(|| set("it it's its they they're their"));

/// With these, as with a pronoun, a sentence goes on about the one before.
static GOES_ON: WordSet = WordSet::new(|| set("this these those both each one"));

static EXCLUDING: WordSet = WordSet::new(|| set("excluded excludes exclude excluding except"));

static TURNS: WordSet = WordSet::new(|| set("but while although though since because whereas however so plus"));

static RELATIVES: WordSet = WordSet::new(|| set("that which who where whose"));

static LISTS: WordSet = WordSet::new(|| set("and or plus including along"));

static ANSWERS: WordSet = WordSet::new(|| set("yes no yeah correct right actually unfortunately according sure"));

static PREPOSITIONS: WordSet = WordSet::new(|| {
    set(
        "up on in at from out inside outside upstairs downstairs with for down over under behind beside near off above below through to within",
    )
});

/// Verbs with a subject before them.
static VERBS: WordSet = WordSet::new(|| {
    set(
        "is are was were has have had comes come came includes include stays stay sits sit opens open faces face covers \
    cover pays pay allows allow permits permit can may could will would must should does do did runs run measures measure \
    needs need wants want looks look averaged averages ran costs cost carries carry requires require gets get gives give \
    takes take offers offer keeps keep leads lead connects connect maintains maintain extends belongs goes go went seats \
    fits contains contain features feature uses use serves serve lies stands provides provide shares share becomes enters \
    leaves leave handles works adds makes boasts enjoys enjoy brings lets sells rents dates overlooks separates houses \
    heats cools cooks supplies takes",
    )
});
