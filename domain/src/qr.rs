//! QR codes: where they lead, how they look, who came through them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    fault::Checks,
    id::{BotId, CodeId, PropertyId, ScanId},
    text::HexColour,
};

/// How a code looks. The logo is the organization's own, in the middle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CodeDesign {
    pub foreground: String,
    pub background: String,
    pub with_logo: bool,
}

impl Default for CodeDesign {
    fn default() -> Self {
        Self {
            foreground: "#111111".into(),
            background: "#ffffff".into(),
            with_logo: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Code {
    pub id: CodeId,
    pub bot_id: BotId,
    pub bot_name: String,
    pub property_id: Option<PropertyId>,
    pub property_address: Option<String>,
    pub label: String,
    /// The short name in `/q/{slug}`.
    pub slug: String,
    pub design: CodeDesign,
    pub scan_count: i64,
    pub last_scan: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// What the code page asks for. Ids as texts: an empty property means none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    pub bot_id: String,
    pub property_id: String,
    pub label: String,
    pub foreground: String,
    pub background: String,
    /// `on` when ticked, absent otherwise.
    pub with_logo: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CheckedCode {
    pub bot_id: BotId,
    pub property_id: Option<PropertyId>,
    pub label: String,
    pub design: CodeDesign,
}

impl CodeForm {
    pub fn check(&self) -> Result<CheckedCode, Fault> {
        let mut checks = Checks::default();
        let bot_id = match self.bot_id.trim() {
            "" => checks.take("bot_id", Err(Fault::invalid("Choose the bot that it leads to."))),
            id => checks.take("bot_id", id.parse::<BotId>()),
        };
        let property_id = Some(self.property_id.trim()).filter(|p| !p.is_empty());
        let property_id = property_id.and_then(|p| checks.take("property_id", p.parse::<PropertyId>()));
        let label = checks.text("label", &self.label, false, 100);
        let defaults = CodeDesign::default();
        let mut colour = |field, value: &str, default: &str| {
            let value = if value.trim().is_empty() { default } else { value };
            checks
                .take(field, value.parse::<HexColour>())
                .map(String::from)
                .unwrap_or_default()
        };
        let foreground = colour("foreground", &self.foreground, &defaults.foreground);
        let background = colour("background", &self.background, &defaults.background);
        let design = CodeDesign {
            foreground,
            background,
            with_logo: self.with_logo.is_some(),
        };
        match (bot_id, checks.finish()) {
            (Some(bot_id), Ok(())) => Ok(CheckedCode {
                bot_id,
                property_id,
                label,
                design,
            }),
            (_, Err(fault)) => Err(fault),
            (None, Ok(())) => Err(Fault::internal()),
        }
    }
}

/// What changes of a code; the rest stays as it is. The address that it carries never does: signs that show it go on working.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeChange {
    pub label: Option<String>,
    pub property_id: Option<PropertyId>,
    pub foreground: Option<String>,
    pub background: Option<String>,
    pub with_logo: Option<bool>,
}

impl CodeChange {
    /// The form that this makes of a code.
    pub fn onto(self, code: &Code) -> CodeForm {
        let property = self.property_id.or(code.property_id);
        let with_logo = self.with_logo.unwrap_or(code.design.with_logo);
        CodeForm {
            bot_id: code.bot_id.to_string(),
            property_id: property.map(|id| id.to_string()).unwrap_or_default(),
            label: self.label.unwrap_or_else(|| code.label.clone()),
            foreground: self.foreground.unwrap_or_else(|| code.design.foreground.clone()),
            background: self.background.unwrap_or_else(|| code.design.background.clone()),
            with_logo: with_logo.then(|| "on".into()),
        }
    }
}

/// One visit through a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanRecord {
    pub id: ScanId,
    pub at: DateTime<Utc>,
    /// `phone`, `tablet` or `computer`, as far as the browser tells.
    pub device: String,
    pub referrer: Option<String>,
    /// Where about it was, when the server can tell.
    pub place: Option<String>,
    pub visitor: Visitor,
    /// The first visit of a person within the hour: only these are charged.
    pub counted: bool,
}

/// What kind of visitor a scan was made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Visitor {
    Person,
    /// A crawler or a link preview that names itself.
    Bot,
}

impl Visitor {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Bot => "bot",
        }
    }
}
