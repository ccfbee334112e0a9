//! Chatbots. Both documents' shapes are accepted: `bot_name` or `name`; `personality`, `knowledge_base` and
//! `response_style` become part of `conversation_config`.

use std::borrow::Cow;

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    Fault,
    bot::{
        AiModelConfig, Bot, BotStatus, ConversationConfig, DEFAULT_DISCLAIMER, NAME_MAX, PurposeForm, Tone, VoiceForm,
        default_greeting,
    },
    fault::Checks,
    id::{BotId, OrganizationId},
    training::PASTED_MAX,
};
use engine::{
    Call,
    bot::{self, BotChange},
    version::Version,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, OneOfBuilder, RefOr, Schema, Type,
        schema::{AnyOfBuilder, ArrayBuilder, SchemaType},
    },
};

use super::{
    failures::{Conflict, InsufficientCredits},
    number::Used,
    schema::{more, of_base, optional_choice},
};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Object, Paging, Versioned, etag},
};

/// What can be said of a bot.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChatbotFields)]
pub(super) struct BotIn {
    #[schema(min_length = 1, max_length = 100)]
    bot_name: Option<String>,
    /// The same under the name of the second document: send one of them.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    #[schema(max_length = 500)]
    description: Option<String>,
    #[schema(value_type = Option<ModelIn>)]
    ai_model_config: Option<Object<ModelIn>>,
    #[schema(value_type = Option<ConversationIn>)]
    conversation_config: Option<Object<ConversationIn>>,
    /// The one in `conversation_config` goes before it.
    #[schema(max_length = 50)]
    personality: Option<String>,
    /// The one in `conversation_config` goes before it.
    #[schema(max_length = 200_000)]
    knowledge_base: Option<String>,
    /// The one in `conversation_config` goes before it.
    #[schema(max_length = 50)]
    response_style: Option<String>,
    #[schema(schema_with = new_origins)]
    allowed_origins: Option<Vec<String>>,
    #[schema(schema_with = new_status)]
    status: Option<String>,
}

fn new_origins() -> impl Into<RefOr<Schema>> {
    let site = ObjectBuilder::new().schema_type(Type::String).pattern(Some(
        r"^https://[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?(\.[a-z][a-z0-9]{1,60})+$",
    ));
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(site)
        .description(Some(
            "The sites that may show its porch in a frame, and ask it from their own scripts: at most 20, each as `https://www.example.com`.",
        ))
}

fn new_status() -> impl Into<RefOr<Schema>> {
    optional_choice([BotStatus::Draft, BotStatus::Active, BotStatus::Inactive].map(BotStatus::as_str))
}

/// Which model answers. Without it, the deployment's own engine does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AiModelConfigChange)]
struct ModelIn {
    #[schema(max_length = 100)]
    provider: Option<String>,
    #[schema(max_length = 100)]
    model_name: Option<String>,
    /// An API configuration of the organization: it answers then, and replies cost no credits. Empty: the deployment's. For the
    /// owner and admins.
    #[schema(pattern = "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$")]
    api_key_id: Option<String>,
}

/// How the bot speaks.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConversationConfigChange)]
struct ConversationIn {
    #[schema(min_length = 1, max_length = 500)]
    greeting: Option<String>,
    #[schema(schema_with = new_tone)]
    tone: Option<String>,
    #[schema(max_length = 500)]
    disclaimer: Option<String>,
    #[schema(max_length = 50)]
    personality: Option<String>,
    #[schema(max_length = 200_000)]
    knowledge_base: Option<String>,
    #[schema(max_length = 50)]
    response_style: Option<String>,
}

fn new_tone() -> impl Into<RefOr<Schema>> {
    optional_choice(Tone::ALL.map(Tone::as_str))
}

/// A bot that is yet to be made: it has a name, and is a draft.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct NewBot(BotIn);

impl ToSchema for NewBot {
    fn name() -> Cow<'static, str> {
        "NewChatbot".into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        of_base::<BotIn>(schemas);
    }
}

impl PartialSchema for NewBot {
    fn schema() -> RefOr<Schema> {
        let named = |field| field_of(field, Type::String).required(field);
        let name = OneOfBuilder::new().item(named("bot_name")).item(named("name"));
        let draft = ObjectBuilder::new().property("status", optional_choice([BotStatus::Draft.as_str()]));
        let example = json!({ "bot_name": "Elm Street assistant", "conversation_config": { "tone": "professional" } });
        more::<BotIn>([name.into(), draft.into()], example)
    }
}

/// Changes of a bot. What is absent or `null` stays as it is.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct ChangedBot(BotIn);

impl ToSchema for ChangedBot {
    fn name() -> Cow<'static, str> {
        "ChatbotChange".into()
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        of_base::<BotIn>(schemas);
    }
}

impl PartialSchema for ChangedBot {
    fn schema() -> RefOr<Schema> {
        let without = |field| field_of(field, Type::Null);
        let name = AnyOfBuilder::new().item(without("bot_name")).item(without("name"));
        more::<BotIn>([name.into()], json!({ "status": "active" }))
    }
}

/// An object whose field is of this type where it is there.
fn field_of(field: &str, kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().property(field, ObjectBuilder::new().schema_type(kind))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Chatbot)]
pub(super) struct BotOut {
    bot_id: BotId,
    organization_id: OrganizationId,
    bot_name: String,
    /// The same under the name of the second document.
    name: String,
    description: String,
    status: BotStatus,
    /// The buyer's page.
    porch_url: String,
    ai_model_config: AiModelConfig,
    conversation_config: ConversationConfig,
    /// The sites that may show its porch in a frame, and ask it from their own scripts.
    allowed_origins: Vec<String>,
    conversation_count: i64,
    last_active: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatbotCreated)]
struct BotCreated {
    bot_id: BotId,
    message: &'static str,
    chatbot: BotOut,
    #[serde(flatten)]
    used: Used,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatbotChanged)]
pub(super) struct BotChanged {
    message: &'static str,
    chatbot: BotOut,
}

/// What was done, in words for a person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Done)]
pub(super) struct Message {
    pub message: &'static str,
}

/// Make a chatbot
///
/// Charges its price. It is a draft: give it knowledge, then set its status to active.
#[utoipa::path(
    post,
    path = "/chatbots",
    operation_id = "create_chatbot",
    tag = "Chatbots",
    responses(
        (
            status = 201,
            body = BotCreated,
            links(
                ("read" = (operation_id = "get_chatbot", parameters(("id" = "$response.body#/bot_id")))),
                ("update" = (operation_id = "update_chatbot", parameters(("id" = "$response.body#/bot_id")))),
                ("delete" = (operation_id = "delete_chatbot", parameters(("id" = "$response.body#/bot_id")))),
            ),
        ),
        InsufficientCredits,
    ),
)]
pub(super) async fn create(
    Caller(call): Caller,
    Input(NewBot(body)): Input<NewBot>,
) -> Result<impl IntoResponse, ApiError> {
    // All of it is checked before the engine makes, and charges for, anything.
    let form = PurposeForm {
        name: body.given_name()?.unwrap_or_default(),
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
    let bot = bot::create_as(
        &call,
        &form,
        conversation,
        (model, &body.allowed_origins.unwrap_or_default()),
        call.key("chatbots.create"),
    )
    .await?;
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

/// List chatbots
///
/// Newest first.
#[utoipa::path(get, path = "/chatbots", operation_id = "list_chatbots", tag = "Chatbots", responses((status = 200, body = [BotOut])))]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = bot::list(&call, paging.after(), paging.limit).await?;
    paging.list(page, |row| {
        BotOut::of(&call, row.bot, row.conversation_count, row.last_active)
    })
}

/// Read a chatbot
#[utoipa::path(get, path = "/chatbots/{id}", operation_id = "get_chatbot", tag = "Chatbots", responses((status = 200, body = BotOut)))]
pub(super) async fn get(Versioned(call): Versioned, Id(id): Id<BotId>) -> Result<impl IntoResponse, ApiError> {
    let bot = bot::get(&call, id).await?;
    let version = Version::of(&bot);
    let out = with_counts(&call, bot).await?;
    Ok((etag(version, &out), Json(out)))
}

/// Change a chatbot
///
/// What is absent stays as it is. A bot that knows nothing cannot be made active.
#[utoipa::path(
    put,
    path = "/chatbots/{id}",
    operation_id = "update_chatbot",
    tag = "Chatbots",
    responses((status = 200, body = BotChanged), Conflict),
)]
pub(super) async fn update(
    Versioned(call): Versioned,
    Id(id): Id<BotId>,
    Input(ChangedBot(body)): Input<ChangedBot>,
) -> Result<impl IntoResponse, ApiError> {
    let bot = bot::get(&call, id).await?;
    let status = body.status()?;
    let change = BotChange {
        conversation: Some(body.conversation(&bot.conversation)?),
        model: Some(body.model(&bot.model)?),
        name: body.given_name()?,
        description: body.description,
        origins: body.allowed_origins,
        status,
    };
    let form = PurposeForm {
        name: change.name.clone().unwrap_or(bot.name),
        description: change.description.clone().unwrap_or(bot.description),
    };
    form.check()?;
    if status == Some(BotStatus::Active) && bot.status != BotStatus::Active {
        bot::must_know_something(&call, id).await?;
    }
    let bot = bot::update(&call, id, change).await?;
    let version = Version::of(&bot);
    let chatbot = with_counts(&call, bot).await?;
    let message = "Chatbot updated.";
    Ok((etag(version, &chatbot), Json(BotChanged { message, chatbot })))
}

/// Delete a chatbot
///
/// With its sources, codes and conversations. Its properties stay, without a bot, and so do leads.
#[utoipa::path(
    delete,
    path = "/chatbots/{id}",
    operation_id = "delete_chatbot",
    tag = "Chatbots",
    responses((status = 200, body = Message)),
)]
pub(super) async fn delete(Versioned(call): Versioned, Id(id): Id<BotId>) -> Result<Json<Message>, ApiError> {
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
            allowed_origins: bot.origins,
            conversation_count,
            last_active,
            created_at: bot.created_at,
            updated_at: bot.updated_at,
        }
    }
}

impl BotIn {
    fn given_name(&self) -> Result<Option<String>, Fault> {
        let (field, given) = match (&self.bot_name, &self.name) {
            (Some(_), Some(_)) => {
                let twice = "This field is there twice, under its other name, too. Leave one out.";
                return Err(Fault::field("bot_name", twice));
            }
            (None, None) => return Ok(None),
            (Some(name), None) => ("bot_name", name),
            (None, Some(name)) => ("name", name),
        };
        let mut checks = Checks::default();
        let name = checks.text(field, given, true, NAME_MAX);
        checks.finish().map(|()| Some(name))
    }

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
        let nested = self.conversation_config.as_ref().map_or(&none, |Object(nested)| nested);
        let voice = VoiceForm {
            greeting: nested.greeting.clone().unwrap_or_else(|| current.greeting.clone()),
            tone: nested.tone.clone().unwrap_or_else(|| current.tone.as_str().into()),
            disclaimer: nested.disclaimer.clone().unwrap_or_else(|| current.disclaimer.clone()),
        };
        let mut config = voice.check(current)?;
        let mut checks = Checks::default();
        let mut set = |slot: &mut Option<String>, field, nested: &Option<String>, flat: &Option<String>, max| {
            // Both are checked, also where only one counts.
            let texts = [nested, flat].map(|text| text.as_ref().map(|text| checks.text(field, text, false, max)));
            if let Some(text) = texts.into_iter().flatten().next() {
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
        let Some(Object(given)) = &self.ai_model_config else {
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
