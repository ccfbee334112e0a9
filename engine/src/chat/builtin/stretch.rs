//! Cuts a passage into stretches that can be quoted.

use std::borrow::Cow;

use super::{fact_lock, say};

/// A stretch of a passage, as it stands there.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'t> {
    pub text: &'t str,
    /// The line that names what the next one says: `Heating type` over `Fuel oil`.
    pub label: Option<&'t str>,
    /// A short line by itself; it may be an item of a list or a label without its value.
    pub short: bool,
    /// The line under a short one is a bare value.
    pub before_value: bool,
}

impl<'t> Stretch<'t> {
    /// A text that is quoted as a whole.
    pub fn whole(text: &'t str) -> Self {
        Self {
            text,
            label: None,
            short: false,
            before_value: false,
        }
    }

    /// What stands under the label.
    pub fn value(&self) -> &'t str {
        self.label.map_or(self.text, |label| self.text[label.len()..].trim())
    }

    /// As it is said: `Heating type: Fuel oil`.
    pub fn said(&self) -> Cow<'t, str> {
        match self.label {
            Some(label) => format!("{}: {}", label.trim_end_matches([':', ' ']), self.value()).into(),
            None => self.text.into(),
        }
    }
}

/// Sentences, short lines, and short lines with the line under them.
pub fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let mut lines: Vec<&str> = Vec::new();
    let mut cuts = fact_lock::Sentences::default();
    let pieces: Vec<String> = cuts
        .push(text)
        .chain(fact_lock::Sentences::default().finish())
        .collect();
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
        let next = lines
            .get(i + 1)
            .copied()
            .filter(|next| next.split_whitespace().count() <= 14);
        let short = is_short(line);
        if short && let Some(next) = next.filter(|next| !next.ends_with(':') && !say::is_silent(next)) {
            let from = line.as_ptr() as usize - text.as_ptr() as usize;
            let to = next.as_ptr() as usize - text.as_ptr() as usize + next.len();
            out.push(Stretch {
                text: &text[from..to],
                label: Some(line),
                short: true,
                before_value: false,
            });
        }
        if !line.ends_with(['?', ':']) && line.len() <= 700 {
            out.push(Stretch {
                text: line,
                label: None,
                short,
                before_value: lines.get(i + 1).is_some_and(|next| is_value(next)),
            });
        }
    }
    out
}

/// "Yes", "No", "Not specified", "1837": means nothing without its label.
pub fn is_value(line: &str) -> bool {
    let line = line.trim();
    let first = line
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("")
        .to_lowercase();
    line.split_whitespace().count() <= 3
        && (say::is_silent(line)
            || matches!(first.as_str(), "yes" | "no" | "none" | "not" | "si" | "ja" | "nein")
            || line.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '€' | '£')))
}
