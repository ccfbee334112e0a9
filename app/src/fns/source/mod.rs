//! Sources as the console shows and changes them. Files arrive at [`UPLOAD`], in the server's hands.

mod add_text;
mod add_url;
mod form;
mod get;
mod list;
mod remove;

use chrono::{DateTime, Utc};
use domain::{
    Fault,
    fact::FactMethod,
    id::{BotId, PropertyId},
    training::{Passage, Source, SourceDetail, SourceKind, SourceState, StoredFact},
};
use serde::{Deserialize, Serialize};

pub use add_text::*;
pub use add_url::*;
pub use form::*;
pub use get::*;
pub use list::*;
pub use remove::*;

/// Where a form sends a file for a bot: `bot_id`, `property_id`, `file`; with `show` the source's page follows.
pub const UPLOAD: &str = "/_fn/source/upload";

use super::{
    bot::Choice,
    property::{PropertyChoice, chosen},
    when::When,
};

/// What the forms that add a source offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceForm {
    pub bots: Vec<Choice>,
    pub properties: Vec<PropertyChoice>,
    /// `5 credits`.
    pub price: String,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceRow {
    pub id: String,
    pub bot_id: String,
    pub kind: SourceKind,
    pub title: String,
    /// The page's address or the file's name.
    pub locator: String,
    pub state: SourceState,
    /// 0 to 100.
    pub progress: i64,
    /// What is going on, or why it failed and what to do.
    pub message: String,
    pub facts: i64,
    pub passages: i64,
    pub added: When,
}

impl SourceRow {
    pub fn new(source: Source, now: DateTime<Utc>) -> Self {
        Self {
            id: source.id.to_string(),
            bot_id: source.bot_id.to_string(),
            kind: source.kind,
            title: source.title,
            locator: source.locator,
            state: source.state,
            progress: source.progress,
            message: source.message,
            facts: source.fact_count,
            passages: source.passage_count,
            added: When::new(source.created_at, now),
        }
    }
}

/// A source's own page: everything that was read from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceView {
    pub source: SourceRow,
    /// The bot that answers from it.
    pub bot: String,
    /// The property that it is about; none where it is about all of the bot's.
    pub property: Option<String>,
    /// Pieces that people cannot see on the page, left out.
    pub hidden: i64,
    pub facts: Vec<FactRow>,
    pub passages: Vec<PassageRow>,
    /// Addresses of its photos.
    pub photos: Vec<String>,
}

impl SourceView {
    pub fn new(detail: SourceDetail, bot: String, property: Option<String>, now: DateTime<Utc>) -> Self {
        Self {
            bot,
            property,
            hidden: detail.source.removed_count,
            source: SourceRow::new(detail.source, now),
            facts: detail.facts.into_iter().map(FactRow::from).collect(),
            passages: detail.passages.into_iter().map(PassageRow::from).collect(),
            photos: detail.photos,
        }
    }
}

/// A fact with the words it was read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRow {
    pub label: String,
    pub value: String,
    pub quote: String,
    /// Where in the source the words stand, for a person.
    pub place: String,
    /// The exact path within the source.
    pub locator: String,
}

impl From<StoredFact> for FactRow {
    fn from(stored: StoredFact) -> Self {
        let fact = stored.fact;
        let place = match fact.method {
            FactMethod::Realtor => "Your own entry",
            FactMethod::JsonLd | FactMethod::Microdata | FactMethod::State => "The page's data",
            FactMethod::Table => "A table or list",
            FactMethod::Meta => "The page's summary",
            FactMethod::Text => "A sentence",
        };
        let (label, value) = (fact.name().to_owned(), fact.display());
        Self {
            label,
            value,
            quote: fact.span.quote,
            place: place.into(),
            locator: fact.span.locator,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassageRow {
    pub heading: Option<String>,
    pub text: String,
}

impl From<Passage> for PassageRow {
    fn from(passage: Passage) -> Self {
        Self {
            heading: passage.heading,
            text: passage.text,
        }
    }
}

/// Which bot learns, and about which property, from the two selects of the form.
pub fn target(bot_id: &str, property_id: &str) -> Result<(BotId, Option<PropertyId>), Fault> {
    let bot = chosen(bot_id).ok_or_else(|| Fault::field("bot_id", "Choose the bot that is to know this."))?;
    Ok((bot.parse()?, chosen(property_id).map(str::parse).transpose()?))
}
