//! `porchlight eval answers DIR`: real questions about real pages, judged right, "don't know" or wrong.
//!
//! `DIR` holds `pages/` and `questions.jsonl`, one `{"page", "question", "answer"}` a line. An answer
//! of `null` means that the page does not say it. An answer text is right when the reply holds it;
//! numbers are compared as numbers, and several accepted answers are separated by `|`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use domain::fact::Fact;
use serde::{Deserialize, Serialize};

use super::super::super::retrieval::index::{Doc, Index};
use super::{Ask, FactRef, Outcome, PassageRef, answer, fact_lock, text};

/// Facts, and passages as heading and text, of one page.
pub type Extracted = (Vec<Fact>, Vec<(Option<String>, String)>);

#[derive(Deserialize)]
struct Line {
    page: String,
    question: String,
    answer: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Right,
    DontKnow,
    Wrong,
}

/// One question and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub page: String,
    pub question: String,
    pub expected: Option<String>,
    pub got: String,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub right: usize,
    pub dont_know: usize,
    pub wrong: usize,
    pub questions: Vec<Row>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in self.questions.iter().filter(|row| row.verdict != Verdict::Right) {
            let word = if row.verdict == Verdict::Wrong {
                "wrong"
            } else {
                "don't know"
            };
            let expected = row.expected.as_deref().unwrap_or("no answer");
            writeln!(
                f,
                "{word}: {}: {} expected {expected}, said: {}",
                row.page, row.question, row.got
            )?;
        }
        write!(
            f,
            "{} questions: {} right, {} don't know, {} wrong",
            self.questions.len(),
            self.right,
            self.dont_know,
            self.wrong
        )
    }
}

/// Asks every question of `DIR`.
///
/// # Errors
/// In plain words, when the file of questions or a page cannot be read.
pub fn run(dir: &Path, extract: fn(&Path) -> Result<Extracted, String>) -> Result<Report, String> {
    run_with(&dir.join("questions.jsonl"), &dir.join("pages"), extract)
}

/// The same with the questions in one place and the pages in another.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    questions: &Path,
    pages: &Path,
    extract: fn(&Path) -> Result<Extracted, String>,
) -> Result<Report, String> {
    let text = std::fs::read_to_string(questions)
        .map_err(|error| format!("{} cannot be read: {error}.", questions.display()))?;
    let mut known: BTreeMap<PathBuf, (Extracted, Index)> = BTreeMap::new();
    let mut report = Report::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line)
            .map_err(|error| format!("{} line {}: {error}.", questions.display(), number + 1))?;
        let page = pages.join(&line.page);
        if !known.contains_key(&page) {
            let extracted = extract(&page)?;
            let index = Index::build(extracted.1.iter().map(|(heading, text)| Doc {
                title: heading.as_deref(),
                text,
            }));
            known.insert(page.clone(), (extracted, index));
        }
        let Some((extracted, index)) = known.get(&page) else {
            continue;
        };
        let (got, outcome) = ask(&line.question, extracted, index);
        let verdict = judge(line.answer.as_deref(), &got, outcome);
        match verdict {
            Verdict::Right => report.right += 1,
            Verdict::DontKnow => report.dont_know += 1,
            Verdict::Wrong => report.wrong += 1,
        }
        report.questions.push(Row {
            page: line.page,
            question: line.question,
            expected: line.answer,
            got,
            verdict,
        });
    }
    if report.questions.is_empty() {
        return Err(format!("{} holds no question.", questions.display()));
    }
    Ok(report)
}

fn ask(question: &str, (facts, passages): &Extracted, index: &Index) -> (String, Outcome) {
    let facts: Vec<FactRef<'_>> = facts.iter().zip(0..).map(|(fact, id)| FactRef { id, fact }).collect();
    let found: Vec<PassageRef<'_>> = index
        .search(question, 8)
        .into_iter()
        .map(|hit| {
            let (heading, text) = &passages[hit.doc as usize];
            PassageRef {
                id: hit.doc,
                heading: heading.as_deref(),
                text,
                score: hit.score,
            }
        })
        .collect();
    let answer = answer(&Ask {
        question,
        property_name: None,
        realtor: None,
        facts: &facts,
        passages: &found,
    });
    (answer.text, answer.outcome)
}

fn judge(expected: Option<&str>, got: &str, outcome: Outcome) -> Verdict {
    let declined = matches!(outcome, Outcome::Unknown | Outcome::Refused(_));
    match expected {
        None if declined => Verdict::Right,
        None => Verdict::Wrong,
        Some(_) if outcome == Outcome::Unknown => Verdict::DontKnow,
        Some(expected) if expected.split('|').any(|one| contains(got, one)) => Verdict::Right,
        Some(_) => Verdict::Wrong,
    }
}

/// `said` holds every number of `wanted`, and its words when it has any besides.
fn contains(said: &str, wanted: &str) -> bool {
    let (plain, wanted_plain) = (normal(said), normal(wanted));
    if format!(" {plain} ").contains(&format!(" {wanted_plain} ")) {
        return true;
    }
    let numbers = fact_lock::values(said);
    let wanted_numbers = fact_lock::values(wanted);
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.abs().max(1.0);
    let words = || {
        let said = text::stems(said);
        let units = [
            "usd", "eur", "gbp", "zar", "inr", "sq", "ft", "sqft", "m2", "acr", "per", "month", "year",
        ];
        text::stems(wanted)
            .into_iter()
            .filter(|w| !w.starts_with(|c: char| c.is_ascii_digit()) && !units.contains(&w.as_str()))
            .all(|w| said.contains(&w))
    };
    !wanted_numbers.is_empty() && wanted_numbers.iter().all(|n| numbers.iter().any(|m| near(*m, *n))) && words()
}

/// Lower case words, one space between them.
fn normal(phrase: &str) -> String {
    let mut out = Vec::new();
    text::words(phrase, |word| out.push(word.to_owned()));
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_judged_by_what_it_says() {
        let said = |expected, got| judge(expected, got, Outcome::Answered);
        assert_eq!(said(Some("489000"), "The asking price is $489,000."), Verdict::Right);
        assert_eq!(said(Some("$489k"), "The asking price is $489,000."), Verdict::Right);
        assert_eq!(said(Some("489000"), "The asking price is $498,000."), Verdict::Wrong);
        assert_eq!(said(Some("Freehold"), "The tenure is freehold."), Verdict::Right);
        assert_eq!(said(Some("3"), "It has 13 bedrooms."), Verdict::Wrong);
        assert_eq!(
            said(Some("gas|electric"), "Heating is listed as “Gas”."),
            Verdict::Right
        );
        assert_eq!(said(None, "It has a pool."), Verdict::Wrong);
        assert_eq!(judge(None, "I don't have that.", Outcome::Unknown), Verdict::Right);
        assert_eq!(
            judge(Some("3"), "I don't have that.", Outcome::Unknown),
            Verdict::DontKnow
        );
        assert_eq!(
            judge(None, "Neutral.", Outcome::Refused(super::super::Refusal::FairHousing)),
            Verdict::Right
        );
    }

    #[test]
    fn a_folder_is_read_and_what_is_missing_is_named() {
        let dir = std::env::temp_dir().join(format!("porchlight-answers-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("pages")).unwrap();
        fn extract(path: &Path) -> Result<Extracted, String> {
            let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
            Ok((Vec::new(), vec![(None, text)]))
        }
        assert!(run(&dir, extract).unwrap_err().contains("questions.jsonl"));
        std::fs::write(dir.join("pages/a.html"), "The roof was replaced in 2019.").unwrap();
        let lines = "{\"page\":\"a.html\",\"question\":\"When was the roof replaced?\",\"answer\":\"2019\"}\n{\"page\":\"a.html\",\"question\":\"Is there a pool?\",\"answer\":null}\n";
        std::fs::write(dir.join("questions.jsonl"), lines).unwrap();
        let report = run(&dir, extract).unwrap();
        assert_eq!((report.right, report.dont_know, report.wrong), (2, 0, 0), "{report}");
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
