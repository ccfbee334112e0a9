//! Chatbots. Both documents' shapes are accepted: `bot_name` or `name`; `personality`, `knowledge_base` and
//! `response_style` become part of `conversation_config`.

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    Fault,
    bot::{
        AiModelConfig, Bot, BotStatus, ConversationConfig, DEFAULT_DISCLAIMER, PurposeForm, VoiceForm, default_greeting,
    },
    fault::Checks,
    id::{BotId, OrganizationId},
    training::PASTED_MAX,
};
use engine::{
    Call,
    bot::{self, BotChange},
};
use serde::{Deserialize, Serialize};

use super::number::Used;
use crate::{
    error::ApiError,
    extract::{Caller, Id, IdempotencyKey, Input, List, Paging},
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BotIn {
    #[serde(alias = "name")]
    bot_name: Option<String>,
    description: Option<String>,
    ai_model_config: Option<ModelIn>,
    conversation_config: Option<ConversationIn>,
    personality: Option<String>,
    knowledge_base: Option<String>,
    response_style: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ModelIn {
    provider: Option<String>,
    model_name: Option<String>,
    api_key_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConversationIn {
    greeting: Option<String>,
    tone: Option<String>,
    disclaimer: Option<String>,
    personality: Option<String>,
    knowledge_base: Option<String>,
    response_style: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct BotOut {
    bot_id: BotId,
    organization_id: OrganizationId,
    bot_name: String,
    /// The same under the name of the second document.
    name: String,
    description: String,
    status: BotStatus,
    porch_url: String,
    ai_model_config: AiModelConfig,
    conversation_config: ConversationConfig,
    conversation_count: i64,
    last_active: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
struct BotCreated {
    bot_id: BotId,
    message: &'static str,
    chatbot: BotOut,
    #[serde(flatten)]
    used: Used,
}

#[derive(Debug, Serialize)]
pub(super) struct BotChanged {
    message: &'static str,
    chatbot: BotOut,
}

#[derive(Debug, Serialize)]
pub(super) struct Message {
    pub message: &'static str,
}

/// Checks everything before the engine makes, and charges for, anything.
pub(super) async fn create(
    Caller(call): Caller,
    key: IdempotencyKey,
    Input(body): Input<BotIn>,
) -> Result<impl IntoResponse, ApiError> {
    let form = PurposeForm {
        name: body.bot_name.clone().unwrap_or_default(),
        description: body.description.clone().unwrap_or_default(),
    };
    let form = form.check()?;
    if body.status()?.is_some_and(|status| status != BotStatus::Draft) {
        return Err(ApiError::field(
            "status",
            "A new bot is a draft. Give it knowledge, then set it to active.",
        ));
    }
    let fresh = ConversationConfig {
        greeting: default_greeting(&form.name),
        disclaimer: DEFAULT_DISCLAIMER.into(),
        ..ConversationConfig::default()
    };
    let (conversation, model) = (body.conversation(&fresh)?, body.model(&AiModelConfig::default())?);
    let bot = bot::create_as(&call, &form, conversation, model, key.of("chatbots.create")?).await?;
    let used = call.engine().config().prices.bot.into();
    let chatbot = BotOut::of(&call, bot, 0, None);
    Ok((
        StatusCode::CREATED,
        Json(BotCreated {
            bot_id: chatbot.bot_id,
            message: "Chatbot created.",
            chatbot,
            used,
        }),
    ))
}

pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = bot::list(&call, paging.after(), paging.limit).await?;
    Ok(paging.list(page, |row| {
        BotOut::of(&call, row.bot, row.conversation_count, row.last_active)
    }))
}

pub(super) async fn get(Caller(call): Caller, Id(id): Id<BotId>) -> Result<Json<BotOut>, ApiError> {
    Ok(Json(with_counts(&call, bot::get(&call, id).await?).await?))
}

/// What is absent stays as it is.
pub(super) async fn update(
    Caller(call): Caller,
    Id(id): Id<BotId>,
    Input(body): Input<BotIn>,
) -> Result<Json<BotChanged>, ApiError> {
    let bot = bot::get(&call, id).await?;
    let status = body.status()?;
    let change = BotChange {
        conversation: Some(body.conversation(&bot.conversation)?),
        model: Some(body.model(&bot.model)?),
        name: body.bot_name,
        description: body.description,
        status: status.filter(|status| *status != BotStatus::Active),
    };
    let form = PurposeForm {
        name: change.name.clone().unwrap_or(bot.name),
        description: change.description.clone().unwrap_or(bot.description),
    };
    form.check()?;
    if status == Some(BotStatus::Active) && bot.status != BotStatus::Active {
        bot::publish(&call, id).await?;
    }
    let bot = bot::update(&call, id, change).await?;
    Ok(Json(BotChanged {
        message: "Chatbot updated.",
        chatbot: with_counts(&call, bot).await?,
    }))
}

pub(super) async fn delete(Caller(call): Caller, Id(id): Id<BotId>) -> Result<Json<Message>, ApiError> {
    bot::delete(&call, id).await?;
    Ok(Json(Message {
        message: "Chatbot deleted.",
    }))
}

/// The list knows how busy a bot is: asked for the page of one that begins with this bot.
async fn with_counts(call: &Call, bot: Bot) -> Result<BotOut, ApiError> {
    let before = bot.id.uuid().as_u128().checked_add(1).map(uuid::Uuid::from_u128);
    let before = before.map(|cursor| cursor.to_string());
    let page = bot::list(call, before.as_deref(), Some(1)).await?;
    let row = page.items.into_iter().find(|row| row.bot.id == bot.id);
    let (count, last) = row.map_or((0, None), |row| (row.conversation_count, row.last_active));
    Ok(BotOut::of(call, bot, count, last))
}

impl BotOut {
    fn of(call: &Call, bot: Bot, conversation_count: i64, last_active: Option<DateTime<Utc>>) -> Self {
        Self {
            bot_id: bot.id,
            organization_id: bot.organization_id,
            name: bot.name.clone(),
            bot_name: bot.name,
            description: bot.description,
            status: bot.status,
            porch_url: format!("{}/p/{}", call.engine().config().public_url, bot.slug),
            ai_model_config: bot.model,
            conversation_config: bot.conversation,
            conversation_count,
            last_active,
            created_at: bot.created_at,
            updated_at: bot.updated_at,
        }
    }
}

impl BotIn {
    fn status(&self) -> Result<Option<BotStatus>, Fault> {
        let Some(text) = &self.status else { return Ok(None) };
        let status = BotStatus::parse(text);
        status
            .map(Some)
            .ok_or_else(|| Fault::field("status", "Choose draft, active or inactive."))
    }

    /// The conversation settings with what this body changes; the nested form of a field goes before the flat one.
    fn conversation(&self, current: &ConversationConfig) -> Result<ConversationConfig, Fault> {
        let none = ConversationIn::default();
        let nested = self.conversation_config.as_ref().unwrap_or(&none);
        let voice = VoiceForm {
            greeting: nested.greeting.clone().unwrap_or_else(|| current.greeting.clone()),
            tone: nested.tone.clone().unwrap_or_else(|| current.tone.as_str().into()),
            disclaimer: nested.disclaimer.clone().unwrap_or_else(|| current.disclaimer.clone()),
        };
        let mut config = voice.check(current)?;
        let mut checks = Checks::default();
        let mut set = |slot: &mut Option<String>, field, nested: &Option<String>, flat: &Option<String>, max| {
            if let Some(text) = nested.as_ref().or(flat.as_ref()) {
                let text = checks.text(field, text, false, max);
                *slot = (!text.is_empty()).then_some(text);
            }
        };
        set(
            &mut config.personality,
            "personality",
            &nested.personality,
            &self.personality,
            50,
        );
        set(
            &mut config.response_style,
            "response_style",
            &nested.response_style,
            &self.response_style,
            50,
        );
        set(
            &mut config.knowledge_base,
            "knowledge_base",
            &nested.knowledge_base,
            &self.knowledge_base,
            PASTED_MAX,
        );
        checks.finish().map(|()| config)
    }

    fn model(&self, current: &AiModelConfig) -> Result<AiModelConfig, Fault> {
        let Some(given) = &self.ai_model_config else {
            return Ok(current.clone());
        };
        let mut model = current.clone();
        let mut checks = Checks::default();
        let mut set = |slot: &mut Option<String>, field, value: &Option<String>| {
            if let Some(text) = value {
                let text = checks.text(field, text, false, 100);
                *slot = (!text.is_empty()).then_some(text);
            }
        };
        set(&mut model.provider, "ai_model_config.provider", &given.provider);
        set(&mut model.model_name, "ai_model_config.model_name", &given.model_name);
        set(&mut model.api_key_id, "ai_model_config.api_key_id", &given.api_key_id);
        checks.finish().map(|()| model)
    }
}
