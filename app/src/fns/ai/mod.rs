//! Keys of the organization's own with AI providers, as the console shows and changes them.

mod create;
mod delete;
mod get;
mod list;
mod test;
mod update;

use domain::{
    Fault,
    api_configuration::{ApiConfiguration, ApiConfigurationForm, ModelSettings, ProviderName},
};
use serde::{Deserialize, Serialize};

use super::bot::Choice;

pub use create::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use test::*;
pub use update::*;

/// One of them, for its row and its page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AiRow {
    pub id: String,
    /// As the form has it, and as people call it.
    pub provider: String,
    pub provider_label: String,
    pub base_url: String,
    /// The last characters of the key.
    pub key_end: String,
    pub model: String,
    /// As typed; empty where it is the provider's.
    pub temperature: String,
    pub max_tokens: String,
    pub is_active: bool,
}

impl From<ApiConfiguration> for AiRow {
    fn from(configuration: ApiConfiguration) -> Self {
        let settings = configuration.settings;
        Self {
            id: configuration.id.to_string(),
            provider: configuration.provider.as_str().into(),
            provider_label: configuration.provider.label().into(),
            base_url: configuration.base_url,
            key_end: configuration.key_end,
            model: settings.model,
            temperature: settings.temperature.map(|t| t.to_string()).unwrap_or_default(),
            max_tokens: settings.max_tokens.map(|n| n.to_string()).unwrap_or_default(),
            is_active: configuration.is_active,
        }
    }
}

impl AiRow {
    /// One that is yet to be filled in.
    pub fn of(provider: ProviderName) -> Self {
        Self {
            id: String::new(),
            provider: provider.as_str().into(),
            provider_label: provider.label().into(),
            base_url: String::new(),
            key_end: String::new(),
            model: String::new(),
            temperature: String::new(),
            max_tokens: String::new(),
            is_active: true,
        }
    }
    /// What it is called in a list.
    pub fn name(&self) -> String {
        format!("{} · {} · key …{}", self.provider_label, self.model, self.key_end)
    }
}

/// To choose one of several.
impl From<AiRow> for Choice {
    fn from(row: AiRow) -> Self {
        Self {
            name: row.name(),
            id: row.id,
        }
    }
}

/// What the forms of both pages have.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AiForm {
    pub provider_name: String,
    pub base_url: String,
    pub api_key: String,
    pub model: String,
    pub temperature: String,
    pub max_tokens: String,
    /// A box: `on`, or absent.
    pub active: Option<String>,
}

/// Without the key, so that no log shows it.
impl std::fmt::Debug for AiForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AiForm({}, {})", self.provider_name, self.model)
    }
}

impl AiForm {
    /// The same with its numbers read.
    pub fn read(self) -> Result<ApiConfigurationForm, Fault> {
        let settings = ModelSettings {
            model: self.model,
            temperature: number("temperature", &self.temperature)?,
            max_tokens: number("max_tokens", &self.max_tokens)?,
        };
        Ok(ApiConfigurationForm {
            provider_name: self.provider_name,
            base_url: self.base_url,
            api_key: self.api_key,
            settings,
            is_active: self.active.is_some(),
        })
    }
}

fn number<T: std::str::FromStr>(field: &str, typed: &str) -> Result<Option<T>, Fault> {
    match typed.trim() {
        "" => Ok(None),
        typed => match typed.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(Fault::field(
                field,
                "Write a number, such as 0.2 or 700, or leave it empty.",
            )),
        },
    }
}
