//! A bot answers for one property, several, or none.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    fault::Checks,
    id::{BotId, OrganizationId},
};

pub const NAME_MAX: usize = 100;
pub const DESCRIPTION_MAX: usize = 500;
pub const GREETING_MAX: usize = 500;
/// The most sites that a bot may be shown and asked on.
pub const ORIGINS_MAX: usize = 20;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BotStatus {
    /// Being set up; its porch is shown to nobody.
    #[default]
    Draft,
    Active,
    /// Paused by the realtor: the porch takes messages but does not answer.
    Inactive,
}

impl BotStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Draft, Self::Active, Self::Inactive]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    #[default]
    Warm,
    Professional,
    Brief,
}

impl Tone {
    pub const ALL: [Tone; 3] = [Self::Warm, Self::Professional, Self::Brief];
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warm => "warm",
            Self::Professional => "professional",
            Self::Brief => "brief",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Warm => "Warm and welcoming",
            Self::Professional => "Professional",
            Self::Brief => "Short and to the point",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == text)
    }
}

impl fmt::Display for Tone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a bot speaks. Stored as one structured column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ConversationConfig {
    pub greeting: String,
    pub tone: Tone,
    pub disclaimer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub personality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub response_style: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub knowledge_base: Option<String>,
}

/// Which model answers. Empty means the deployment's default engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AiModelConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub model_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub api_key_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bot {
    pub id: BotId,
    pub organization_id: OrganizationId,
    pub name: String,
    pub description: String,
    pub status: BotStatus,
    /// The end of the porch's address: `/p/{slug}`.
    pub slug: String,
    pub conversation: ConversationConfig,
    pub model: AiModelConfig,
    /// The sites that may show its porch in a frame, and ask it from their own scripts, as browsers write them.
    #[serde(default)]
    pub origins: Vec<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A bot in a list, with what happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BotSummary {
    pub bot: Bot,
    pub conversation_count: i64,
    pub last_active: Option<DateTime<Utc>>,
    pub property_count: i64,
    pub source_count: i64,
}

/// First step of the wizard: who the bot is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PurposeForm {
    pub name: String,
    #[serde(default)]
    pub description: String,
}

impl PurposeForm {
    /// The same form with trimmed texts, or what needs a change.
    pub fn check(&self) -> Result<PurposeForm, Fault> {
        let mut checks = Checks::default();
        let name = checks.text("name", &self.name, true, NAME_MAX);
        let description = checks.text("description", &self.description, false, DESCRIPTION_MAX);
        checks.finish().map(|()| PurposeForm { name, description })
    }
}

/// Second step of the wizard: how the bot speaks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VoiceForm {
    pub greeting: String,
    pub tone: String,
    #[serde(default)]
    pub disclaimer: String,
}

impl VoiceForm {
    /// Keeps what the form does not show.
    pub fn check(&self, current: &ConversationConfig) -> Result<ConversationConfig, Fault> {
        let mut checks = Checks::default();
        let greeting = checks.text("greeting", &self.greeting, true, GREETING_MAX);
        let disclaimer = checks.text("disclaimer", &self.disclaimer, false, GREETING_MAX);
        let tone = checks.take(
            "tone",
            Tone::parse(&self.tone).ok_or_else(|| Fault::invalid("Choose one of the tones.")),
        );
        checks.finish()?;
        Ok(ConversationConfig {
            greeting,
            disclaimer,
            tone: tone.unwrap_or_default(),
            ..current.clone()
        })
    }
}

/// What a new bot says until its realtor writes something better.
pub fn default_greeting(bot_name: &str) -> String {
    format!("Hello, I am {bot_name}, an AI assistant. Ask me anything about this home.")
}

pub const DEFAULT_DISCLAIMER: &str = "I am an AI assistant and answer from the listing's own documents. Please confirm anything important with the realtor.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_needs_a_name_and_a_greeting() {
        assert!(
            PurposeForm {
                name: "  ".into(),
                description: String::new()
            }
            .check()
            .is_err()
        );
        let long = PurposeForm {
            name: "x".repeat(101),
            description: "y".repeat(501),
        }
        .check()
        .unwrap_err();
        assert_eq!(long.fields.len(), 2);
        let voice = VoiceForm {
            greeting: String::new(),
            tone: "loud".into(),
            disclaimer: String::new(),
        };
        assert_eq!(voice.check(&ConversationConfig::default()).unwrap_err().fields.len(), 2);
    }
}
