//! Answers by quoting: the sentence of a passage, the item of a list, the labelled value that
//! carries what was asked.

use domain::fact::{FactKey, FactValue};

use super::intent::Intent;
use super::question::{Question, Wants};
use super::{Answer, Ask, Cite, Outcome, fact_lock, say, text};

/// Of the words of a question that mean something, this part must stand in the sentence.
const BAR: f32 = 0.7;

/// Other words for the same thing. A word of a group stands for every other; stems.
const SAME: &[&str] = &[
    "park garag", "park carport", "park driveway", "garden yard backyard lawn", "lift elev elevat ascensor", "internet broadband fiber fibr wifi", "laundri washer", "laundri dryer", "washer wash",
    "train rail railway", "metro subway", "transport bus", "transport train", "transport metro", "transit bus", "transit train", "transit metro", "shop store mall supermarket market", "supermarket groceri",
    "remodel renov updat refurbish upgrad redon", "replac new redon instal", "paint repaint", "cool ac air", "heat furnac", "heat boiler", "close near nearest nearbi far distanc walk away minut mile",
    "cover includ pay maintain care", "pet dog", "pet cat", "pet anim", "fireplac chimney", "secur alarm", "furnish furnitur", "terrac patio", "bath bathroom", "bed bedroom", "bedroom suit",
    "floor stori storey level", "school elementari", "vacant possess", "rent leas", "util electr", "util water", "util gas", "electr power", "window glaze pane", "view overlook", "sewer septic", "hospit clinic medic",
    "counter countertop", "oven stove cooktop rang hob", "restaur cafe dine", "downtown center centr", "highway freeway motorway", "smoke smoker", "orient face south north east west",
    "size big larg measur", "doorman concierg porter", "solar photovolta panel", "basement cellar", "attic loft", "offic studi", "open hous", "hoa associ due", "primari master main", "sold sale sell",
];

/// A stretch of text that may answer.
struct Candidate<'a> {
    /// What is said: the stretch itself, or a label and its value.
    said: String,
    /// Words that count, the label or heading among them.
    words: String,
    cite: Cite,
    kind: Kind<'a>,
    rank: usize,
    label: Option<String>,
    short: bool,
    before_value: bool,
}

enum Kind<'a> {
    Item,
    Labelled(&'a str),
    Prose,
}

/// The best stretch, said with where it comes from; `None` when nothing carries the question.
pub fn answer(question: &Question, ask: &Ask<'_>) -> Option<Answer> {
    let wanted = wanted(question, ask);
    if wanted.is_empty() && question.wants != Wants::Phone {
        return None;
    }
    let mut best: Option<(f32, Candidate<'_>)> = None;
    for candidate in candidates(ask) {
        let Some(score) = score(question, &wanted, &candidate) else { continue };
        if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, candidate));
        }
    }
    let (_, candidate) = best?;
    Some(Answer { text: phrase(question, &candidate), citations: vec![candidate.cite], outcome: Outcome::Answered })
}

fn phrase(question: &Question, candidate: &Candidate<'_>) -> String {
    let said = candidate.said.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = said.trim_end_matches(['.', ' ', ',', ';']);
    match candidate.kind {
        Kind::Item if question.wants == Wants::YesNo && !say::is_no(said) => format!("Yes, the features on record include “{said}”."),
        Kind::Item => format!("The features on record include “{said}”."),
        Kind::Labelled(label) => format!("{label} is listed as “{said}”."),
        Kind::Prose => format!("The listing says: “{said}.”"),
    }
}

/// Stems of the question that a source must carry.
fn wanted(question: &Question, ask: &Ask<'_>) -> Vec<String> {
    let named: Vec<String> = ask.property_name.map(text::stems).unwrap_or_default();
    let mut out = Vec::new();
    for stem in question.content.iter().flat_map(|word| text::stems(word)) {
        if !named.contains(&stem) && !is_measure_word(&stem) && !out.contains(&stem) {
            out.push(stem);
        }
    }
    out
}

/// Words that say what kind of answer is wanted, which `fits` checks by itself.
fn is_measure_word(stem: &str) -> bool {
    matches!(stem, "cost" | "price" | "fee" | "time" | "date" | "day" | "far" | "size" | "phone" | "email" | "squar" | "feet" | "age" | "last" | "soon" | "recent" | "recommend" | "abl" | "describ")
}

/// Everything that can be quoted, best passages first.
fn candidates<'a>(ask: &Ask<'a>) -> Vec<Candidate<'a>> {
    let mut out = Vec::new();
    for f in ask.facts {
        let name = f.fact.name();
        let shown = f.fact.display();
        let cite = || Cite::Fact(f.id);
        match (f.fact.key, &f.fact.value) {
            _ if say::is_silent(&shown) || matches!(f.fact.key, FactKey::Offer | FactKey::Status | FactKey::AgentName | FactKey::AgentCompany) => {}
            (FactKey::Features, FactValue::List { items }) => {
                out.extend(items.iter().map(|item| Candidate { said: item.clone(), words: item.clone(), cite: cite(), kind: Kind::Item, rank: 0, label: None, short: false, before_value: false }));
            }
            (FactKey::Description | FactKey::Features | FactKey::Title, _) => {
                out.extend(stretches(&shown).iter().map(|stretch| prose(stretch, stretch.text.to_owned(), cite(), 1)));
            }
            (_, FactValue::Text { .. } | FactValue::List { .. }) | (FactKey::Other, _) => {
                out.push(Candidate { words: format!("{name} {shown}"), said: shown, cite: cite(), kind: Kind::Labelled(name), rank: 0, label: None, short: false, before_value: false });
            }
            _ => {}
        }
    }
    for (rank, passage) in ask.passages.iter().enumerate() {
        for stretch in stretches(passage.text) {
            let heading = passage.heading.unwrap_or("");
            let cite = Cite::Passage { id: passage.id, quote: stretch.text.to_owned() };
            out.push(prose(&stretch, format!("{} \n {heading}", stretch.text), cite, rank + 1));
        }
    }
    out
}

fn prose<'a>(stretch: &Stretch<'_>, words: String, cite: Cite, rank: usize) -> Candidate<'a> {
    let said = match stretch.label {
        Some(label) => {
            let value = stretch.text[label.len()..].trim();
            format!("{}: {value}", label.trim_end_matches([':', ' ']))
        }
        None => stretch.text.to_owned(),
    };
    Candidate { said, words, cite, kind: Kind::Prose, rank, label: stretch.label.map(str::to_owned), short: stretch.short, before_value: stretch.before_value }
}

/// A stretch of a passage, as it stands there.
struct Stretch<'t> {
    text: &'t str,
    /// The line that names what the next one says: `Heating type` over `Fuel oil`.
    label: Option<&'t str>,
    /// A short line by itself; it may be an item of a list or a label without its value.
    short: bool,
    /// The line under a short one is a bare value.
    before_value: bool,
}

/// Sentences, short lines, and short lines with the line under them.
fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let mut lines: Vec<&str> = Vec::new();
    let mut cuts = fact_lock::Sentences::default();
    let pieces: Vec<String> = cuts.push(text).chain(fact_lock::Sentences::default().finish()).collect();
    let rest = cuts.finish();
    let mut at = 0;
    for piece in pieces.iter().chain(rest.iter()) {
        lines.push(text[at..at + piece.len()].trim());
        at += piece.len();
    }
    lines.retain(|line| !line.is_empty());
    let is_short = |line: &str| line.split_whitespace().count() <= 6 && !line.ends_with(['.', '!']);
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let next = lines.get(i + 1).copied().filter(|next| next.split_whitespace().count() <= 14);
        let short = is_short(line);
        if short && let Some(next) = next.filter(|next| !next.ends_with(':') && !say::is_silent(next)) {
            let from = line.as_ptr() as usize - text.as_ptr() as usize;
            let to = next.as_ptr() as usize - text.as_ptr() as usize + next.len();
            out.push(Stretch { text: &text[from..to], label: Some(line), short: true, before_value: false });
        }
        if !line.ends_with(['?', ':']) && line.len() <= 700 {
            out.push(Stretch { text: line, label: None, short, before_value: lines.get(i + 1).is_some_and(|next| is_value(next)) });
        }
    }
    out
}

/// "Yes", "No", "Not specified", "1837": means nothing without its label.
fn is_value(line: &str) -> bool {
    let line = line.trim();
    let first = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_lowercase();
    line.split_whitespace().count() <= 3
        && (say::is_silent(line) || matches!(first.as_str(), "yes" | "no" | "none" | "not" | "si" | "ja" | "nein") || line.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '€' | '£')))
}

/// How well a stretch answers; `None` below the bar or when it holds no answer of the wanted kind.
fn score(question: &Question, wanted: &[String], candidate: &Candidate<'_>) -> Option<f32> {
    let stems = text::stems(&candidate.words);
    let direct = |stem: &String| stems.contains(stem);
    let alike = |stem: &String| stems.iter().any(|known| same_group(stem, known));
    let (mut found, mut exact) = (0, 0);
    for stem in wanted {
        if direct(stem) {
            found += 1;
            exact += 1;
        } else if alike(stem) {
            found += 1;
        }
    }
    if candidate.short && !is_whole(question, wanted, candidate) {
        return None;
    }
    let coverage = if wanted.is_empty() { 1.0 } else { found as f32 / wanted.len() as f32 };
    let enough = if wanted.len() <= 2 { found == wanted.len() } else { coverage >= BAR };
    if !enough || exact == 0 && wanted.len() > 1 || !fits(question, wanted, candidate) {
        return None;
    }
    let closeness = exact as f32 / wanted.len().max(1) as f32;
    let length = stems.len().min(60) as f32 / 600.0;
    // "Furnishing: Furnished" says more than the label alone.
    let value = candidate.label.as_ref().and_then(|_| candidate.said.split_once(": ")).map_or(0.0, |(_, value)| {
        let named = text::stems(value).iter().any(|stem| wanted.contains(stem));
        if named { 0.1 } else { 0.0 }
    });
    Some(coverage + value + 0.5 * closeness - length - candidate.rank as f32 * 0.02)
}

/// A short line answers when it says more than was asked, or states a thing that a yes or no asks
/// for; a label answers only together with its value, and only when the label is what was asked.
fn is_whole(question: &Question, wanted: &[String], candidate: &Candidate<'_>) -> bool {
    let adds = |line: &str| {
        let mut any = false;
        text::words(line, |word| {
            let stem = text::stemmer().stem(word).into_owned();
            any |= !text::is_stop(word) && !super::intent::is_filler(word) && !wanted.iter().any(|w| *w == stem || same_group(w, &stem));
        });
        any
    };
    match &candidate.label {
        Some(label) => {
            let value = candidate.said.split_once(": ").map_or("", |(_, value)| value);
            let named = text::stems(label).iter().any(|stem| wanted.iter().any(|w| w == stem || same_group(w, stem)));
            named && (label.ends_with(':') || is_value(value) || !adds(label))
        }
        None if candidate.before_value => false,
        None => question.wants == Wants::YesNo || adds(&candidate.said),
    }
}

fn same_group(a: &str, b: &str) -> bool {
    SAME.iter().any(|group| group.split(' ').any(|w| w == a) && group.split(' ').any(|w| w == b))
}

/// The stretch holds an answer of the kind that was asked for.
fn fits(question: &Question, wanted: &[String], candidate: &Candidate<'_>) -> bool {
    let numbers = fact_lock::numbers(&candidate.said);
    let said = candidate.said.to_lowercase();
    if question.has_any("why|how come|por que|warum|pourquoi") && !["because", "due to", "reason", "since"].iter().any(|word| said.contains(word)) {
        return false;
    }
    let labelled = matches!(candidate.kind, Kind::Labelled(_));
    match question.wants {
        Wants::Money => numbers.money || labelled && numbers.any || question.has_any("pay|who pays") && !question.has("how much"),
        Wants::Date => numbers.date,
        Wants::Age => numbers.date || numbers.duration,
        Wants::Size => numbers.area || numbers.length,
        Wants::Count => numbers.any && wanted.iter().any(|stem| beside_number(&candidate.said, stem)),
        Wants::Phone => numbers.phone || candidate.said.contains('@') && question.has_any("email|e mail"),
        Wants::Person => candidate.said.split_whitespace().skip(1).any(|w| w.starts_with(char::is_uppercase)),
        Wants::Place => !question.has_any("how far|how close") || numbers.length || numbers.duration,
        // A word alone in a long text proves little; a yes or no needs the thing itself.
        Wants::YesNo | Wants::Anything => !question.intents.contains(&Intent::Price) || numbers.money,
    }
}

/// The thing that is counted stands within three words of a number.
fn beside_number(said: &str, stem: &str) -> bool {
    let mut words = Vec::new();
    text::words(said, |word| words.push(word.to_owned()));
    let stemmer = text::stemmer();
    let same = |word: &str| {
        let own = stemmer.stem(word);
        own == *stem || same_group(stem, &own)
    };
    (0..words.len()).any(|i| {
        let number = words[i].starts_with(|c: char| c.is_ascii_digit()) || matches!(words[i].as_str(), "one" | "two" | "three" | "four" | "five" | "six" | "single" | "double");
        number && (i.saturating_sub(3)..(i + 4).min(words.len())).any(|j| j != i && same(&words[j]))
    })
}
