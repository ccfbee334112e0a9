//! A sentence or a line of an answer or a source, read once.

use std::borrow::Cow;

use super::claim::{self, Claim};
use super::mention::{Mention, mentions};
use super::quantity::{Quantity, quantities};
use super::sentences::Sentences;
use super::stance::{Stance, stances};
use super::token::Text;
use super::topic::{Topic, Topics};

/// One sentence or line with everything that was read from it.
#[derive(Debug)]
pub struct Reading<'a> {
    pub text: Text<'a>,
    pub mentions: Vec<Mention>,
    pub stances: Vec<Stance>,
    pub claims: Vec<Claim>,
}

impl<'a> Reading<'a> {
    pub fn new(text: impl Into<Cow<'a, str>>, default: Option<Topic>) -> Self {
        let text = Text::new(text);
        let mut mentions = mentions(&text);
        add_status(&text, &mut mentions);
        let stances = stances(&text, &mentions);
        let quantities = quantities(&text, &mentions);
        give_way(&mut mentions, &quantities);
        share_pools(&text, &mut mentions);
        let claims = claim::claims(&text, &mentions, quantities, default);
        Self {
            text,
            mentions,
            stances,
            claims,
        }
    }

    /// What this text says the property has and has not.
    pub fn stated(&self, has: &mut Topics, has_not: &mut Topics) {
        for mention in self.mentions.iter().filter(|m| m.topic.is_stated()) {
            match self.stances[mention.from] {
                Stance::Asserted => insert(has, mention.topic),
                Stance::Denied => has_not.insert(mention.topic),
                Stance::Excepted | Stance::Open => {}
            }
        }
    }
}

pub fn insert(set: &mut Topics, topic: Topic) {
    set.insert(topic);
    for implied in topic.implied() {
        set.insert(*implied);
    }
}

/// "Pool: Community" is no pool of the house.
fn share_pools(text: &Text<'_>, mentions: &mut [Mention]) {
    let shared = mentions.iter().any(|m| m.topic == Topic::SharedPool);
    for mention in mentions.iter_mut().filter(|m| m.topic == Topic::Pool) {
        // "The pool is a community pool."
        if shared && mention.from.checked_sub(1).is_some_and(|i| text.word(i) == "the") {
            mention.topic = Topic::SharedPool;
        }
        let at = if text.is_word(mention.to) {
            mention.to
        } else {
            mention.to + 1
        };
        if matches!(
            text.word(at),
            "community" | "shared" | "communal" | "association" | "neighborhood"
        ) {
            mention.topic = Topic::SharedPool;
        }
    }
}

/// In "two and a half baths" the half belongs to the number.
fn give_way(mentions: &mut Vec<Mention>, quantities: &[Quantity]) {
    for mention in mentions.iter_mut() {
        if let Some(number) = quantities
            .iter()
            .find(|q| (q.from..q.to).contains(&mention.from) && mention.to > q.to)
        {
            mention.from = number.to;
            if mention.topic == Topic::HalfBaths {
                mention.topic = Topic::Bathrooms;
            }
        }
    }
    mentions.retain(|m| m.from < m.to);
}

/// "The home is available" is about the sale, "parking is available" is not.
fn add_status(text: &Text<'_>, mentions: &mut Vec<Mention>) {
    for i in 1..text.tokens.len() {
        // "available from June 1" is a date, no state.
        let dated = matches!(text.word(i + 1), "from" | "on" | "starting" | "as" | "in" | "after");
        if dated
            || !matches!(text.word(i), "available" | "active")
            || mentions.iter().any(|m| (m.from..m.to).contains(&i))
        {
            continue;
        }
        let mut subject = i - 1;
        while subject > 0
            && matches!(
                text.word(subject),
                "is" | "still"
                    | "currently"
                    | "now"
                    | "no"
                    | "longer"
                    | "not"
                    | "remains"
                    | "also"
                    | "it's"
                    | "as"
                    | "listed"
                    | "isn't"
                    | "status"
                    | "an"
                    | ":"
            )
        {
            if text.word(subject) == "it's" {
                break;
            }
            subject -= 1;
        }
        let whole = matches!(text.word(subject), "it's" | "status" | "listing" | "unit")
            || mentions.iter().any(|m| m.topic.is_whole() && m.to == subject + 1);
        if whole {
            let at = mentions.partition_point(|m| m.from < i);
            mentions.insert(
                at,
                Mention {
                    topic: Topic::Available,
                    from: i,
                    to: i + 1,
                },
            );
        }
    }
}

/// Cuts a passage into sentences; short lines that follow each other stay together, since a label
/// and its value often stand on two lines.
pub fn pieces(passage: &str) -> Vec<String> {
    let is_short = |line: &str| line.split_whitespace().count() <= 5 && !line.trim_end().ends_with(['.', '!']);
    let mut out: Vec<String> = Vec::new();
    let mut block = String::new();
    let mut lines = 0;
    for line in passage.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if is_short(line) && lines < 24 {
            if !block.is_empty() {
                block.push('\n');
            }
            block.push_str(line);
            lines += 1;
            continue;
        }
        if !block.is_empty() {
            out.push(std::mem::take(&mut block));
            lines = 0;
        }
        let mut sentences = Sentences::default();
        out.extend(sentences.push(line));
        out.extend(sentences.finish());
    }
    if !block.is_empty() {
        out.push(block);
    }
    out
}
