//! Reads the word lists beside this module: `[head]` lines, then phrases parted by `|` over any number of lines.

/// The sections of a list: its head and its phrases.
pub(super) fn sections(text: &str) -> Vec<(&str, Vec<String>)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        if let Some(head) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            found.push((head, String::new()));
        } else if let Some((_, body)) = found.last_mut() {
            body.push(' ');
            body.push_str(line);
        }
    }
    let phrases = |body: &str| {
        body.split('|')
            .map(super::fold::tidy)
            .filter(|p| !p.is_empty())
            .collect()
    };
    found.iter().map(|(head, body)| (*head, phrases(body))).collect()
}

/// The field and the rank that a head such as `living_area 3` names.
pub(super) fn ranked(head: &str) -> Option<(domain::fact::FactKey, u8)> {
    let (key, rank) = head.split_once(' ')?;
    Some((domain::fact::FactKey::parse(key)?, rank.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: &str = include_str!("words/labels.txt");
    const KEYS: &str = include_str!("words/keys.txt");

    #[test]
    fn phrases_may_run_over_lines() {
        assert_eq!(
            sections("# note\n[a 1]\nx | offers\nover\n| y"),
            [("a 1", vec!["x".to_owned(), "offers over".into(), "y".into()])]
        );
    }

    #[test]
    fn every_head_names_a_field() {
        for (head, phrases) in sections(LABELS).into_iter().chain(sections(KEYS)) {
            assert!(ranked(head).is_some(), "{head}");
            assert!(!phrases.is_empty(), "{head}");
        }
    }
}
