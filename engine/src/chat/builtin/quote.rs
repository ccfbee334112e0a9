//! Answers by quoting: the sentence of a passage, the item of a list, the labelled value that
//! carries what was asked.

use domain::fact::{FactKey, FactValue};

use super::alike::{Found, Wanted};
use super::intent::Intent;
use super::question::{Question, Wants};
use super::stretch::{Stretch, is_value, stretches};
use super::{Answer, Ask, Cite, FactRef, Outcome, fact_lock, say, text};

/// Of the words of a question that mean something, this part must stand in the sentence.
const BAR: f32 = 0.7;

/// A stretch of text that may answer.
struct Candidate<'a> {
    stretch: Stretch<'a>,
    /// The heading or the name of the field it stands under; its words count.
    under: &'a str,
    source: Source,
    kind: Kind,
    rank: usize,
}

#[derive(Clone, Copy)]
enum Source {
    Fact(u32),
    Passage(u32),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Item,
    Labelled,
    Prose,
}

/// The best stretch, said with where it comes from; `None` when nothing carries the question.
pub fn answer(question: &Question, ask: &Ask<'_>) -> Option<Answer> {
    let wanted = wanted(question, ask);
    if wanted.is_empty() && question.wants != Wants::Phone {
        return None;
    }
    let shown: Vec<(FactRef<'_>, String)> = ask.facts.iter().map(|f| (*f, f.fact.display())).collect();
    let mut best: Option<(f32, Candidate<'_>)> = None;
    for candidate in candidates(ask, &shown) {
        let Some(score) = score(question, &wanted, &candidate) else {
            continue;
        };
        if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, candidate));
        }
    }
    let (_, candidate) = best?;
    let cite = match candidate.source {
        Source::Fact(id) => Cite::Fact(id),
        Source::Passage(id) => Cite::Passage {
            id,
            quote: candidate.stretch.text.to_owned(),
        },
    };
    Some(Answer {
        text: phrase(question, &candidate),
        citations: vec![cite],
        outcome: Outcome::Answered,
    })
}

fn phrase(question: &Question, candidate: &Candidate<'_>) -> String {
    let said = candidate.stretch.said();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = said.trim_end_matches(['.', ' ', ',', ';']);
    match candidate.kind {
        Kind::Item if question.wants == Wants::YesNo && !say::is_no(said) => {
            format!("Yes, the features on record include “{said}”.")
        }
        Kind::Item => format!("The features on record include “{said}”."),
        Kind::Labelled => format!("{} is listed as “{said}”.", candidate.under),
        Kind::Prose => format!("The listing says: “{said}.”"),
    }
}

/// Stems of the question that a source must carry.
fn wanted(question: &Question, ask: &Ask<'_>) -> Vec<Wanted> {
    let named: Vec<String> = ask.property_name.map(text::stems).unwrap_or_default();
    let mut out: Vec<Wanted> = Vec::new();
    for stem in question.content.iter().flat_map(|word| text::stems(word)) {
        // "Air conditioning" is one thing, and its first word is what listings write.
        let paired = stem == "condit" && out.iter().any(|before| before.stem == "air");
        let known = out.iter().any(|before| before.stem == stem) || named.contains(&stem);
        if !paired && !known && !is_measure_word(&stem) {
            out.push(Wanted::new(stem));
        }
    }
    out
}

/// Words that say what kind of answer is wanted, which `fits` checks by itself.
fn is_measure_word(stem: &str) -> bool {
    const WORDS: &str =
        " cost price fee time date day far size phone email squar feet age last soon recent recommend abl describ ";
    WORDS.split(' ').any(|word| word == stem)
}

/// Everything that can be quoted, facts first, then the best passages.
fn candidates<'a>(ask: &Ask<'a>, shown: &'a [(FactRef<'a>, String)]) -> Vec<Candidate<'a>> {
    let mut out = Vec::new();
    for (f, shown) in shown {
        let mut add = |stretch: Stretch<'a>, under: &'a str, kind: Kind, rank: usize| {
            out.push(Candidate {
                stretch,
                under,
                source: Source::Fact(f.id),
                kind,
                rank,
            });
        };
        match (f.fact.key, &f.fact.value) {
            _ if say::is_silent(shown) => {}
            (FactKey::Offer | FactKey::Status | FactKey::AgentName | FactKey::AgentCompany, _) => {}
            (FactKey::Features, FactValue::List { items }) => {
                items
                    .iter()
                    .for_each(|item| add(Stretch::whole(item), "", Kind::Item, 0));
            }
            (FactKey::Description | FactKey::Features | FactKey::Title, _) => {
                stretches(shown)
                    .into_iter()
                    .for_each(|stretch| add(stretch, "", Kind::Prose, 1));
            }
            (_, FactValue::Text { .. } | FactValue::List { .. }) | (FactKey::Other, _) => {
                add(Stretch::whole(shown), f.fact.name(), Kind::Labelled, 0);
            }
            _ => {}
        }
    }
    for (rank, passage) in ask.passages.iter().enumerate() {
        let under = passage.heading.unwrap_or("");
        let source = Source::Passage(passage.id);
        let all = stretches(passage.text).into_iter();
        out.extend(all.map(|stretch| Candidate {
            stretch,
            under,
            source,
            kind: Kind::Prose,
            rank: rank + 1,
        }));
    }
    out
}

/// How well a stretch answers; `None` below the bar or when it holds no answer of the wanted kind.
fn score(question: &Question, wanted: &[Wanted], candidate: &Candidate<'_>) -> Option<f32> {
    let mut found = Found::default();
    found.look(candidate.stretch.text, wanted);
    found.look(candidate.under, wanted);
    let count = wanted.len().max(1) as f32;
    let coverage = if wanted.is_empty() {
        1.0
    } else {
        found.any.count_ones() as f32 / count
    };
    let enough = if wanted.len() <= 2 {
        coverage == 1.0
    } else {
        coverage >= BAR
    };
    if !enough || found.exact == 0 && wanted.len() > 1 {
        return None;
    }
    if candidate.stretch.short && !is_whole(question, wanted, &candidate.stretch) || !fits(question, wanted, candidate)
    {
        return None;
    }
    let closeness = found.exact.count_ones() as f32 / count;
    let length = found.words.min(60) as f32 / 600.0;
    // "Furnishing: Furnished" says more than the label alone.
    let mut value = Found::default();
    if candidate.stretch.label.is_some() {
        value.look(candidate.stretch.value(), wanted);
    }
    let value = if value.exact == 0 { 0.0 } else { 0.1 };
    Some(coverage + value + 0.5 * closeness - length - candidate.rank as f32 * 0.02)
}

/// A short line answers when it says more than was asked, or states a thing that a yes or no asks
/// for; a label answers only together with its value, and only when the label is what was asked.
fn is_whole(question: &Question, wanted: &[Wanted], stretch: &Stretch<'_>) -> bool {
    let adds = |line: &str| {
        let mut any = false;
        text::words(line, |word| {
            let plain = text::is_stop(word) || super::intent::is_filler(word);
            any |= !plain && !wanted.iter().any(|w| w.is(&text::stemmer().stem(word)));
        });
        any
    };
    match stretch.label {
        Some(label) => {
            let mut named = Found::default();
            named.look(label, wanted);
            named.any != 0 && (label.ends_with(':') || is_value(stretch.value()) || !adds(label))
        }
        None if stretch.before_value => false,
        None => question.wants == Wants::YesNo || adds(stretch.text),
    }
}

/// The stretch holds an answer of the kind that was asked for.
fn fits(question: &Question, wanted: &[Wanted], candidate: &Candidate<'_>) -> bool {
    let said = candidate.stretch.said();
    let numbers = fact_lock::numbers(&said);
    let lower = said.to_lowercase();
    if question.has_any("why|how come|por que|warum|pourquoi")
        && !["because", "due to", "reason", "since"]
            .iter()
            .any(|word| lower.contains(word))
    {
        return false;
    }
    let labelled = candidate.kind == Kind::Labelled;
    match question.wants {
        Wants::Money => {
            numbers.money
                || labelled && numbers.any
                || question.has_any("pay|who pays") && !question.has_any("how much")
        }
        Wants::Date => numbers.date,
        Wants::Age => numbers.date || numbers.duration,
        Wants::Size => {
            (numbers.area || numbers.length)
                && (wanted.is_empty() || wanted.iter().any(|stem| beside_number(&said, stem, 7)))
        }
        Wants::Count => numbers.any && wanted.iter().any(|stem| beside_number(&said, stem, 3)),
        Wants::Phone => numbers.phone || said.contains('@') && question.has_any("email|e mail"),
        Wants::Person => said
            .split_whitespace()
            .skip(1)
            .any(|w| w.starts_with(char::is_uppercase)),
        Wants::Place => !question.has_any("how far|how close") || numbers.length || numbers.duration,
        // A word alone in a long text proves little; a yes or no needs the thing itself.
        Wants::YesNo | Wants::Anything => !question.intents.contains(&Intent::Price) || numbers.money,
    }
}

/// The thing that is counted or measured stands within some words of a number.
fn beside_number(said: &str, wanted: &Wanted, within: usize) -> bool {
    let mut words = Vec::new();
    text::words(said, |word| words.push(word.to_owned()));
    let stemmer = text::stemmer();
    let same = |word: &str| wanted.is(&stemmer.stem(word));
    (0..words.len()).any(|i| {
        let number = words[i].starts_with(|c: char| c.is_ascii_digit())
            || within <= 3
                && matches!(
                    words[i].as_str(),
                    "one" | "two" | "three" | "four" | "five" | "six" | "single" | "double"
                );
        number && (i.saturating_sub(within)..(i + within + 1).min(words.len())).any(|j| j != i && same(&words[j]))
    })
}
