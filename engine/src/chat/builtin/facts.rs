//! Answers from the record: one field, or several that were asked for together.

use super::intent::Intent;
use super::list::{WordSet, set};
use super::question::{Question, Wants};
use super::{Answer, Ask, Cite, FactRef, Outcome, say, text};

/// Answers every intent that the record can, and names those it cannot. Nothing is answered when the
/// question holds words that the fields do not cover: "is the price negotiable" asks for more than
/// a price.
pub fn answer(question: &Question, ask: &Ask<'_>) -> (Option<Answer>, Vec<Intent>) {
    if question.intents.is_empty()
        || question.asks_price_per_area()
        || question.has_any("why|how come|por que|warum|pourquoi")
    {
        return (None, Vec::new());
    }
    let found: Vec<(Intent, Vec<FactRef<'_>>)> = question
        .intents
        .iter()
        .map(|intent| (*intent, fields(*intent, question, ask)))
        .collect();
    if !covers(question, &found, ask) {
        return (None, Vec::new());
    }
    let mut missing = question.beyond.clone();
    let mut parts = Vec::new();
    for (intent, facts) in &found {
        match say::sentence(*intent, facts, question) {
            Some(said) => parts.push((*intent, said)),
            None => missing.push(*intent),
        }
    }
    (join(parts), missing)
}

/// States fields as they are.
pub fn state(ask: &Ask<'_>, intents: &[Intent]) -> Option<Answer> {
    let question = Question::new("");
    let said: Option<Vec<_>> = intents
        .iter()
        .map(|intent| {
            Some((
                *intent,
                say::sentence(*intent, &fields(*intent, &question, ask), &question)?,
            ))
        })
        .collect();
    join(said?)
}

/// "It has 3 bedrooms." and "It has 2 bathrooms." become one sentence.
fn join(parts: Vec<(Intent, say::Said)>) -> Option<Answer> {
    let mut citations = Vec::new();
    let mut sentences: Vec<String> = Vec::new();
    for (_, said) in parts {
        for id in &said.facts {
            if !citations.contains(&Cite::Fact(*id)) {
                citations.push(Cite::Fact(*id));
            }
        }
        match (sentences.last_mut(), said.text.strip_prefix("It has ")) {
            (Some(before), Some(more)) if before.starts_with("It has ") && !before.contains(" and ") => {
                before.pop();
                before.push_str(&format!(" and {more}"));
            }
            _ => sentences.push(said.text),
        }
    }
    sentences.dedup();
    (!sentences.is_empty()).then(|| Answer {
        text: sentences.join(" "),
        citations,
        outcome: Outcome::Answered,
    })
}

/// The facts that can answer an intent, the most trusted first.
fn fields<'a>(intent: Intent, question: &Question, ask: &Ask<'a>) -> Vec<FactRef<'a>> {
    let mut facts: Vec<FactRef<'a>> = ask
        .facts
        .iter()
        .filter(|f| intent.keys().contains(&f.fact.key))
        .copied()
        .collect();
    facts.sort_by_key(|f| (intent.keys().iter().position(|key| *key == f.fact.key), f.fact.method));
    match intent {
        // A number of spaces says nothing about a garage.
        Intent::Garage => facts.retain(|f| {
            let shown = f.fact.display().to_lowercase();
            shown.contains("garage") || shown.contains("carport") || shown.contains("garaje")
        }),
        Intent::Status => {
            let of_sale = question.has_any("sale|rent|buy|lease|let|verkaufen|venta|vendre|alquiler|rental");
            let status = facts.iter().any(|f| f.fact.key == domain::fact::FactKey::Status);
            // The kind of offer answers "for sale or for rent", not "still available".
            facts.retain(|f| match f.fact.key {
                domain::fact::FactKey::Offer => of_sale,
                _ => !of_sale || status,
            });
        }
        _ => {}
    }
    facts
}

/// Every word with a meaning of its own is taken by an intent, stands in the answer itself, in the
/// name of the property, or is a number.
fn covers(question: &Question, found: &[(Intent, Vec<FactRef<'_>>)], ask: &Ask<'_>) -> bool {
    if question.rest.is_empty() {
        return true;
    }
    let mut known: Vec<String> = Vec::new();
    for name in [ask.property_name, ask.realtor].into_iter().flatten() {
        known.extend(text::stems(name));
    }
    for fact in found.iter().flat_map(|(_, facts)| facts) {
        known.extend(text::stems(&fact.fact.display()));
        known.extend(text::stems(fact.fact.name()));
    }
    // An address may be named to say which house is meant.
    for fact in ask
        .facts
        .iter()
        .filter(|f| matches!(f.fact.key, domain::fact::FactKey::Address | domain::fact::FactKey::City))
    {
        known.extend(text::stems(&fact.fact.display()));
    }
    let stemmer = text::stemmer();
    question.rest.iter().all(|word| {
        let counted = matches!(question.wants, Wants::YesNo | Wants::Anything) && is_number(word);
        counted || is_adjective(word) || known.iter().any(|stem| *stem == stemmer.stem(word))
    })
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        || matches!(
            word,
            "two"
                | "three"
                | "four"
                | "five"
                | "six"
                | "seven"
                | "eight"
                | "nine"
                | "ten"
                | "more"
                | "than"
                | "least"
                | "over"
                | "under"
        )
}

/// Words that praise or say when, and change nothing about what is asked.
fn is_adjective(word: &str) -> bool {
    ADJECTIVES.contains(word)
}

static ADJECTIVES: WordSet = WordSet::new(|| {
    set(
        "beautiful lovely nice gorgeous great cute charming good overall altogether originally original \
    approximate precise correct actual final latest present mentioned stated given advertised listed shown \
    sir madam dear friend family curious remind basic quickly briefly short private residential real estate \
    sq ft feet meters metres foot homes houses properties thats itll hear learn share confirm clarify \
    specify mention tells says according record",
    )
});
