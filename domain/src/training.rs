//! Sources: what a bot was trained on, and how far that is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault, FaultCode,
    fact::Fact,
    fault::Checks,
    id::{BotId, FactId, JobId, PassageId, PropertyId, SourceId},
    text::WebAddress,
};

pub const PASTED_MAX: usize = 200_000;
/// Largest file taken, in bytes (25 MiB).
pub const FILE_MAX: usize = 25 * 1024 * 1024;
/// The longest description of a photo, in characters.
pub const DESCRIPTION_MAX: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    Url,
    File,
    Text,
}

impl SourceKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::File => "file",
            Self::Text => "text",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Url, Self::File, Self::Text]
            .into_iter()
            .find(|k| k.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    Queued,
    Running,
    Ready,
    Failed,
}

impl SourceState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Ready, Self::Failed]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Ready | Self::Failed)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    pub id: SourceId,
    pub bot_id: BotId,
    pub property_id: Option<PropertyId>,
    pub kind: SourceKind,
    /// The page's title, the file's name, or the first words of the text.
    pub title: String,
    /// The page's address or the file's name.
    pub locator: String,
    pub state: SourceState,
    /// 0 to 100.
    pub progress: i64,
    /// What is going on, or why it failed and what to do.
    pub message: String,
    pub fact_count: i64,
    pub passage_count: i64,
    /// Pieces of the page that people cannot see, left out.
    pub removed_count: i64,
    pub job_id: JobId,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A fact as stored: with the source it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredFact {
    pub id: FactId,
    /// `None` for what the realtor typed.
    pub source_id: Option<SourceId>,
    pub property_id: Option<PropertyId>,
    pub fact: Fact,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    pub id: PassageId,
    pub source_id: SourceId,
    pub heading: Option<String>,
    pub text: String,
    pub position: i64,
}

/// One source with all that was read from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceDetail {
    pub source: Source,
    pub facts: Vec<StoredFact>,
    pub passages: Vec<Passage>,
    /// Addresses of our copies of its photos, the main one first.
    pub photos: Vec<String>,
}

/// How far a training is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobStatus {
    pub job_id: JobId,
    pub source_id: SourceId,
    pub status: SourceState,
    pub progress: i64,
    pub details: String,
}

/// A page's address to train from.
pub fn check_url(url: &str) -> Result<WebAddress, Fault> {
    let mut checks = Checks::default();
    let url = checks.take("url", url.parse::<WebAddress>());
    checks.finish()?;
    url.ok_or_else(Fault::internal)
}

/// The name and the size in bytes of a file in the field `field`. What is in it is looked at when it has arrived.
pub fn check_file(field: &str, name: &str, bytes: u64) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::field(
            field,
            "Choose a file: PDF, DOCX, HTML, TXT, or a photo as JPEG, PNG or WebP.",
        ));
    }
    if bytes > FILE_MAX as u64 {
        let too_large = format!("“{name}” is larger than 25 MB. Split it or save it smaller.");
        return Err(Fault {
            code: FaultCode::TooLarge,
            ..Fault::field(field, too_large)
        });
    }
    Ok(())
}

/// What a photo shows, in the words of whoever sends it; `None` where nothing is said.
pub fn check_description(text: &str) -> Result<Option<String>, Fault> {
    let mut checks = Checks::default();
    let text = checks.text("description", text, false, DESCRIPTION_MAX);
    checks.finish().map(|()| Some(text).filter(|text| !text.is_empty()))
}

/// Pasted knowledge.
pub fn check_text(text: &str) -> Result<String, Fault> {
    let mut checks = Checks::default();
    let text = checks.text("text_content", text, true, PASTED_MAX);
    checks.finish().map(|()| text)
}
