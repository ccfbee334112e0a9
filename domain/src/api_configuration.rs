//! An organization's own key with a provider of AI models, and how it is to be asked.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fault, fault::Checks, id::ApiConfigurationId};

/// The most configurations of one organization.
pub const CONFIGURATIONS_MAX: usize = 10;
/// The longest key, in characters.
pub const KEY_MAX: usize = 500;
/// The shortest key: of a shorter one the characters that are shown would give away too much.
pub const KEY_MIN: usize = 16;
/// How many of a key's last characters are shown.
pub const SHOWN: usize = 4;
/// The longest name of a model, in characters.
pub const MODEL_MAX: usize = 100;
/// The longest address, in characters.
pub const URL_MAX: usize = 2_048;
/// Tokens of one answer, at least and at most.
pub const TOKENS_MIN: i64 = 50;
pub const TOKENS_MAX: i64 = 4_000;
/// The highest temperature. The lowest is 0.
pub const TEMPERATURE_MAX: f64 = 2.0;

/// Whose models answer. All of them are asked as OpenAI's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProviderName {
    Openai,
    Anthropic,
    Google,
    Mistral,
    Openrouter,
    /// Any other that is asked like OpenAI: its address has to be given.
    Other,
}

impl ProviderName {
    pub const ALL: [Self; 6] = [
        Self::Openai,
        Self::Anthropic,
        Self::Google,
        Self::Mistral,
        Self::Openrouter,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::Google => "google",
            Self::Mistral => "mistral",
            Self::Openrouter => "openrouter",
            Self::Other => "other",
        }
    }
    pub const fn label(self) -> &'static str {
        match self {
            Self::Openai => "OpenAI",
            Self::Anthropic => "Anthropic",
            Self::Google => "Google Gemini",
            Self::Mistral => "Mistral",
            Self::Openrouter => "OpenRouter",
            Self::Other => "Another, asked like OpenAI",
        }
    }
    /// Where it is asked, where nothing else is given.
    pub const fn base_url(self) -> Option<&'static str> {
        match self {
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Google => Some("https://generativelanguage.googleapis.com/v1beta/openai"),
            Self::Mistral => Some("https://api.mistral.ai/v1"),
            Self::Openrouter => Some("https://openrouter.ai/api/v1"),
            Self::Other => None,
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

/// How the provider is to be asked. Stored as one structured column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    pub model: String,
    /// `None`: as the provider has it.
    pub temperature: Option<f64>,
    /// Of one answer; `None`: as many as answers of the deployment's own model may have.
    pub max_tokens: Option<i64>,
}

impl ModelSettings {
    /// The same with trimmed texts.
    fn check(&self, checks: &mut Checks) -> Self {
        let model = checks.text("model", &self.model, true, MODEL_MAX);
        let warm = self.temperature.is_none_or(|t| (0.0..=TEMPERATURE_MAX).contains(&t));
        checks.ensure(warm, "temperature", "Give a temperature from 0 to 2.");
        let tokens = self.max_tokens.is_none_or(|n| (TOKENS_MIN..=TOKENS_MAX).contains(&n));
        let text = "Allow 50 to 4,000 tokens for an answer.";
        checks.ensure(tokens, "max_tokens", text);
        Self {
            model,
            temperature: self.temperature,
            max_tokens: self.max_tokens,
        }
    }
}

/// A configuration as its organization sees it: all but the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiConfiguration {
    pub id: ApiConfigurationId,
    pub provider: ProviderName,
    /// Without a slash at its end.
    pub base_url: String,
    /// The last characters of the key.
    pub key_end: String,
    pub settings: ModelSettings,
    /// Bots are answered by one that is not active as if they had none.
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A configuration, as typed. It has no `Debug`, so that no log shows the key.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiConfigurationForm {
    pub provider_name: String,
    /// Empty: the provider's own.
    pub base_url: String,
    /// Empty in a change: the key that is known.
    pub api_key: String,
    pub settings: ModelSettings,
    pub is_active: bool,
}

/// What to change; `None` stays. It has no `Debug`, for its key.
#[derive(Clone, Default)]
pub struct ApiConfigurationChange {
    pub provider_name: Option<String>,
    pub base_url: Option<String>,
    pub api_key: Option<String>,
    /// All of them.
    pub settings: Option<ModelSettings>,
    pub is_active: Option<bool>,
}

impl ApiConfigurationChange {
    /// The whole form after it. Another provider is asked at its own address, where none is given.
    pub fn onto(self, old: &ApiConfiguration) -> ApiConfigurationForm {
        let provider_name = self.provider_name.unwrap_or_else(|| old.provider.as_str().into());
        let same = provider_name == old.provider.as_str();
        let base_url = self.base_url.unwrap_or_else(|| match same {
            true => old.base_url.clone(),
            false => String::new(),
        });
        ApiConfigurationForm {
            provider_name,
            base_url,
            api_key: self.api_key.unwrap_or_default(),
            settings: self.settings.unwrap_or_else(|| old.settings.clone()),
            is_active: self.is_active.unwrap_or(old.is_active),
        }
    }
}

/// A whole form changes all, but for a key that is not typed.
impl From<ApiConfigurationForm> for ApiConfigurationChange {
    fn from(form: ApiConfigurationForm) -> Self {
        Self {
            provider_name: Some(form.provider_name),
            base_url: Some(form.base_url),
            api_key: Some(form.api_key),
            settings: Some(form.settings),
            is_active: Some(form.is_active),
        }
    }
}

/// A form that was looked through.
#[derive(Clone)]
pub struct Checked {
    pub provider: ProviderName,
    /// Whether it can be used the server says.
    pub base_url: String,
    pub key: Option<String>,
    pub settings: ModelSettings,
}

impl ApiConfigurationForm {
    /// `new`: the key has to be there.
    pub fn check(&self, new: bool) -> Result<Checked, Fault> {
        let mut checks = Checks::default();
        let provider = ProviderName::parse(&self.provider_name);
        let provider = provider.ok_or_else(|| Fault::invalid("Choose one of the providers."));
        let provider = checks.take("provider_name", provider);
        let typed = checks.text("base_url", &self.base_url, false, URL_MAX);
        let known = provider.and_then(ProviderName::base_url);
        let base_url = match typed.is_empty() {
            true => known.unwrap_or_default().to_owned(),
            false => typed,
        };
        let text = "Say where this provider is asked: an address such as https://ai.example.com/v1.";
        checks.ensure(provider.is_none() || !base_url.is_empty(), "base_url", text);
        let key = self.api_key.trim();
        let plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        let long = (KEY_MIN..=KEY_MAX).contains(&key.len());
        let text = "Give the key as the provider shows it: 16 to 500 letters, digits and signs, without a blank.";
        checks.ensure((plain && long) || (!new && key.is_empty()), "api_key", text);
        let settings = self.settings.check(&mut checks);
        checks.finish()?;
        Ok(Checked {
            provider: provider.ok_or_else(Fault::internal)?,
            base_url,
            key: (!key.is_empty()).then(|| key.to_owned()),
            settings,
        })
    }
}

/// What came of asking a provider once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    Ok,
    KeyRefused,
    ModelUnknown,
    /// The provider wants money, or asks to come back later.
    OutOfQuota,
    /// The provider does not take the request, for another reason.
    Refused,
    NotReachable,
    TimedOut,
    /// Something answered, and not as a provider does.
    NoAnswer,
}

impl TestOutcome {
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::KeyRefused,
        Self::ModelUnknown,
        Self::OutOfQuota,
        Self::Refused,
        Self::NotReachable,
        Self::TimedOut,
        Self::NoAnswer,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::KeyRefused => "key_refused",
            Self::ModelUnknown => "model_unknown",
            Self::OutOfQuota => "out_of_quota",
            Self::Refused => "refused",
            Self::NotReachable => "not_reachable",
            Self::TimedOut => "timed_out",
            Self::NoAnswer => "no_answer",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
    /// What happened, and what to do, for a person.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ok => "It works: the model has answered.",
            Self::KeyRefused => "The provider refuses this key. Check that it is complete and has not been revoked.",
            Self::ModelUnknown => "The provider does not know this model, or this key may not use it. Check its name.",
            Self::OutOfQuota => {
                "The provider has no quota left for this key, or asks to be left alone for a while. Check your plan with it."
            }
            Self::Refused => {
                "The provider does not take a request with these settings. Check the model and its settings."
            }
            Self::NotReachable => "The provider cannot be reached at this address. Check the address.",
            Self::TimedOut => "The provider did not answer in time. Try again, or take a faster model.",
            Self::NoAnswer => "What stands at this address does not answer as a provider does. Check the address.",
        }
    }
}

/// One test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    pub outcome: TestOutcome,
    /// From the request until the answer, or until it was given up.
    pub duration_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ApiConfigurationForm {
        ApiConfigurationForm {
            provider_name: "openai".into(),
            api_key: "sk-0123456789abcdef".into(),
            settings: ModelSettings {
                model: " gpt-4o-mini ".into(),
                ..ModelSettings::default()
            },
            ..ApiConfigurationForm::default()
        }
    }

    #[test]
    fn a_known_provider_needs_no_address() {
        let checked = form().check(true).ok().unwrap();
        assert_eq!(checked.base_url, "https://api.openai.com/v1");
        assert_eq!(checked.settings.model, "gpt-4o-mini");
        let other = ApiConfigurationForm {
            provider_name: "other".into(),
            ..form()
        };
        assert!(other.check(true).err().unwrap().for_field("base_url").is_some());
        for name in ProviderName::ALL {
            assert_eq!(ProviderName::parse(name.as_str()), Some(name));
        }
    }

    #[test]
    fn a_key_is_needed_once() {
        let without = |api_key: &str| ApiConfigurationForm {
            api_key: api_key.into(),
            ..form()
        };
        assert!(without("").check(false).ok().unwrap().key.is_none());
        for bad in ["", "short", "with a blank in it", "of-letters-like-äöü"] {
            let fault = without(bad).check(true).err().unwrap();
            assert!(fault.for_field("api_key").is_some(), "{bad}");
        }
        assert!(without(&"k".repeat(501)).check(true).is_err());
    }

    #[test]
    fn settings_have_limits() {
        let with = |temperature, max_tokens| ApiConfigurationForm {
            settings: ModelSettings {
                model: "m".into(),
                temperature,
                max_tokens,
            },
            ..form()
        };
        assert!(with(Some(2.0), Some(4_000)).check(true).is_ok());
        for (bad, field) in [
            (with(Some(2.1), None), "temperature"),
            (with(Some(f64::NAN), None), "temperature"),
            (with(Some(-0.1), None), "temperature"),
            (with(None, Some(49)), "max_tokens"),
            (with(None, Some(4_001)), "max_tokens"),
        ] {
            assert!(bad.check(true).err().unwrap().for_field(field).is_some(), "{field}");
        }
    }
}
