//! Conversations as the realtor reads them, each turn with its receipt.

mod get;
mod list;

use chrono::{DateTime, Utc};
use domain::{
    chat::{Citation, Conversation, ConversationSummary, Outcome, Receipt, Turn, Withheld},
    credits::Credits,
};
use serde::{Deserialize, Serialize};

pub use get::*;
pub use list::*;

use super::when::When;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationRow {
    pub id: String,
    pub bot: String,
    pub property: Option<String>,
    /// The first question of it; where those that wait are listed, the first that waits.
    pub question: String,
    pub turns: i64,
    pub unanswered: i64,
    pub leads: i64,
    pub last: When,
}

impl ConversationRow {
    pub fn new(summary: ConversationSummary, now: DateTime<Utc>) -> Self {
        Self {
            id: summary.id.to_string(),
            bot: summary.bot_name,
            property: summary.property_address,
            question: summary.first_question,
            turns: summary.turn_count,
            unanswered: summary.unanswered_count,
            leads: summary.lead_count,
            last: When::new(summary.last_at, now),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationView {
    pub row: ConversationRow,
    pub turns: Vec<TurnView>,
}

impl ConversationView {
    pub fn new(conversation: Conversation, now: DateTime<Utc>) -> Self {
        Self {
            row: ConversationRow::new(conversation.summary, now),
            turns: conversation
                .turns
                .into_iter()
                .map(|turn| TurnView::new(turn, now))
                .collect(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnView {
    pub id: String,
    pub question: String,
    pub answer: String,
    /// `None` while the answer is being made.
    pub outcome: Option<Outcome>,
    pub asked: When,
    pub citations: Vec<CitationView>,
    pub receipt: ReceiptView,
}

impl TurnView {
    pub fn new(turn: Turn, now: DateTime<Utc>) -> Self {
        Self {
            id: turn.id.to_string(),
            question: turn.question,
            answer: turn.answer,
            outcome: turn.outcome,
            asked: When::new(turn.created_at, now),
            citations: turn.citations.into_iter().map(CitationView::from).collect(),
            receipt: ReceiptView::new(turn.receipt, turn.charged_milli),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CitationView {
    pub label: String,
    pub quote: String,
    pub origin: String,
    /// The source's page in the console, where the source is still there.
    pub source_id: Option<String>,
}

impl From<Citation> for CitationView {
    fn from(citation: Citation) -> Self {
        let source_id = citation.source_id.map(|id| id.to_string());
        Self {
            label: citation.label,
            quote: citation.quote,
            origin: citation.origin,
            source_id,
        }
    }
}

/// How an answer was made, in the words the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// `Built-in engine` or the model's name; empty when none was asked.
    pub engine: String,
    /// `12 facts and 3 passages`.
    pub considered: String,
    pub withheld: Vec<Withheld>,
    pub failures: Vec<String>,
    /// `first words after 12 ms, done after 0.3 s`.
    pub times: String,
    /// `1 credit`, `nothing`.
    pub charged: String,
}

impl ReceiptView {
    pub fn new(receipt: Receipt, charged_milli: i64) -> Self {
        let (facts, passages) = (receipt.facts_considered, receipt.passages.len());
        let plural = |n: u64| if n == 1 { "" } else { "s" };
        let (some_facts, some_passages) = (plural(u64::from(facts)), plural(passages as u64));
        let done = format!("done after {}", duration(receipt.total_ms));
        Self {
            engine: match receipt.engine.as_str() {
                "built-in" => "Built-in engine".into(),
                _ => receipt.engine,
            },
            considered: format!("{facts} fact{some_facts} and {passages} passage{some_passages}"),
            withheld: receipt.withheld,
            failures: receipt.failures,
            times: match receipt.first_token_ms {
                Some(ms) => format!("first words after {}, {done}", duration(ms)),
                None => done,
            },
            charged: credits(Credits::milli(charged_milli)),
        }
    }
}

/// `1 credit`, `5 credits`, `nothing`.
pub fn credits(amount: Credits) -> String {
    match amount.as_milli() {
        0 => "nothing".into(),
        1000 => "1 credit".into(),
        _ => format!("{amount} credits"),
    }
}

/// `8 ms`, `1.2 s`.
fn duration(ms: i64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_reads_in_words() {
        let receipt = Receipt {
            engine: "built-in".into(),
            facts_considered: 1,
            total_ms: 1250,
            ..Receipt::default()
        };
        let view = ReceiptView::new(receipt, 1000);
        assert_eq!(view.engine, "Built-in engine");
        assert_eq!(view.considered, "1 fact and 0 passages");
        assert_eq!(view.times, "done after 1.2 s");
        assert_eq!(view.charged, "1 credit");
        assert_eq!(
            ReceiptView::new(
                Receipt {
                    first_token_ms: Some(8),
                    ..Receipt::default()
                },
                0
            )
            .charged,
            "nothing"
        );
    }
}
