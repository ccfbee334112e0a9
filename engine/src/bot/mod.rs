//! Bots: making, changing, publishing, removing.

mod origins;
mod store;

pub(crate) use store::touch_knowledge;

use domain::{
    Fault, FaultCode, audit as log,
    bot::{
        AiModelConfig, Bot, BotStatus, BotSummary, ConversationConfig, DEFAULT_DISCLAIMER, PurposeForm,
        default_greeting,
    },
    credits::Priced,
    id::{BotId, OrganizationId},
    page::{self, Page},
    tenancy,
    webhook::EventKind,
};
use serde_json::{Value, json};

use crate::{
    Call, Error, api_configuration,
    audit::{self, Event, Target},
    db::{DbError, Tx, expect_one},
    failpoint,
    ledger::{self, Action, ClientKey, Move, Once, Purpose},
    licence,
    organization::unique_slug,
    request,
    version::Version,
    webhook,
};

/// What a change of a bot may set; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct BotChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub status: Option<BotStatus>,
    pub conversation: Option<ConversationConfig>,
    pub model: Option<AiModelConfig>,
    /// As typed.
    pub origins: Option<Vec<String>>,
}

/// Makes a draft and charges its price in the same commit. A repeated `key` makes no second one and gives the first
/// again, as it was when it was made.
pub async fn create(call: &Call, form: &PurposeForm, key: Option<ClientKey>) -> Result<Bot, Error> {
    let conversation = ConversationConfig {
        greeting: default_greeting(&form.check()?.name),
        disclaimer: DEFAULT_DISCLAIMER.into(),
        ..ConversationConfig::default()
    };
    create_as(call, form, conversation, (AiModelConfig::default(), &[]), key).await
}

/// The same with settings of the caller's own, checked before; of the sites only here.
pub async fn create_as(
    call: &Call,
    form: &PurposeForm,
    conversation: ConversationConfig,
    (model, origins): (AiModelConfig, &[String]),
    key: Option<ClientKey>,
) -> Result<Bot, Error> {
    let form = form.check()?;
    let origins = origins::read(origins, call.engine().config().mode)?;
    let (engine, clock, organization) = (call.engine(), call.engine().clock(), call.organization());
    let asked = |key| {
        Once::new(
            call,
            key,
            &(&form.name, &form.description, &conversation, &model, &origins),
        )
    };
    let once = key.map(asked).transpose()?;
    let id = clock.new_id::<BotId>();
    let now = clock.now();
    let mut tx = engine.db().begin(organization).await?;
    if let Some(once) = &once
        && let Some(bot) = once.earlier(&mut tx).await?
    {
        return Ok(bot);
    }
    let bot = Bot {
        id,
        organization_id: organization,
        slug: unique_slug(&form.name, "porch", id.uuid()),
        conversation,
        model,
        origins,
        name: form.name,
        description: form.description,
        status: BotStatus::Draft,
        created_at: now,
        updated_at: now,
    };
    let prices = engine.config().prices;
    if prices.bot.is_positive() {
        let purpose = Purpose {
            name: Priced::BotCreation.as_str(),
            related: Some(id.uuid()),
            description: format!("Bot “{}”", bot.name),
            price_version: prices.version,
        };
        let spend = Action::Spend {
            amount: prices.bot,
            purpose,
        };
        tx = ledger::charged(tx, engine, Move::new(organization, spend), once.as_ref()).await?;
    }
    let own = own_ai(&mut tx, call, &AiModelConfig::default(), &bot.model).await?;
    store::insert(&mut tx, &bot).await?;
    if let Some(once) = &once {
        once.done(&mut tx, clock, &bot).await?;
    }
    let event = Event {
        action: log::BOT_CREATED,
        target: Some(target(bot.id, &bot.name)),
        before: None,
        after: own.map(|(_, after)| after),
    };
    audit::note(&mut tx, call, event).await?;
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::BOT_CREATE).await?;
    Ok(bot)
}

pub async fn get(call: &Call, id: BotId) -> Result<Bot, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    find(&mut tx, call, id).await
}

/// The caller's bot of that id, or *not found*.
pub(crate) async fn find(tx: &mut Tx, call: &Call, id: BotId) -> Result<Bot, Error> {
    store::find(tx, call.organization(), id)
        .await?
        .ok_or_else(|| Fault::not_found("bot").into())
}

/// How a bot's answers are made; `None` where it has gone.
pub(crate) async fn model(
    tx: &mut Tx,
    organization: OrganizationId,
    id: BotId,
) -> Result<Option<AiModelConfig>, DbError> {
    Ok(store::find(tx, organization, id).await?.map(|bot| bot.model))
}

fn target(id: BotId, name: &str) -> Target<'_> {
    Target {
        kind: "bot",
        id: Some(id.uuid()),
        name: name.into(),
    }
}

/// Newest first.
pub async fn list(call: &Call, after: Option<&str>, limit: Option<u32>) -> Result<Page<BotSummary>, Error> {
    let after = after.map(str::parse::<BotId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::list(&mut tx, call.organization(), after, limit).await?;
    Ok(Page::cut(rows, limit, |row| row.bot.id.to_string()))
}

pub async fn update(call: &Call, id: BotId, change: BotChange) -> Result<Bot, Error> {
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let bot = store::find_to_change(&mut tx, call.organization(), id).await?;
    let mut bot = bot.ok_or_else(|| Error::from(Fault::not_found("bot")))?;
    call.must_have_seen(Version::of(&bot))?;
    let old = bot.status;
    let form = PurposeForm {
        name: change.name.unwrap_or(bot.name),
        description: change.description.unwrap_or(bot.description),
    };
    let form = form.check()?;
    bot.name = form.name;
    bot.description = form.description;
    bot.conversation = change.conversation.unwrap_or(bot.conversation);
    let model = std::mem::take(&mut bot.model);
    bot.model = change.model.unwrap_or_else(|| model.clone());
    let own = own_ai(&mut tx, call, &model, &bot.model).await?;
    let before = bot.origins.clone();
    if let Some(typed) = change.origins {
        bot.origins = origins::read(&typed, call.engine().config().mode)?;
    }
    bot.status = change.status.unwrap_or(bot.status);
    bot.updated_at = call.engine().clock().now();
    expect_one(store::update(&mut tx, &bot).await?, "bot")?;
    let became = became(old, bot.status);
    if bot.status == BotStatus::Active && became.is_some() {
        licence::must_be_verified(&mut tx, call).await?;
    }
    if became == Some(log::BOT_PUBLISHED) {
        let event = published(call, &bot);
        call.engine().outbox().write(&mut tx, vec![event]).await?;
    }
    if let Some(action) = became {
        let event = Event {
            action,
            target: Some(target(id, &bot.name)),
            before: Some(json!({ "status": old })),
            after: Some(json!({ "status": bot.status })),
        };
        audit::note(&mut tx, call, event).await?;
    }
    if let Some((before, after)) = own {
        let event = Event {
            action: log::BOT_AI_CHANGED,
            target: Some(target(id, &bot.name)),
            before: Some(before),
            after: Some(after),
        };
        audit::note(&mut tx, call, event).await?;
    }
    if before != bot.origins {
        let sites = |origins: &[String]| Some(json!({ "sites": origins.join(" ") }));
        let event = Event {
            action: log::BOT_ORIGINS_CHANGED,
            target: Some(target(id, &bot.name)),
            before: sites(&before),
            after: sites(&bot.origins),
        };
        audit::note(&mut tx, call, event).await?;
    }
    tx.commit_at(failpoint::BOT_UPDATE).await?;
    call.engine().outbox().ring();
    Ok(bot)
}

/// What is noted where a bot is to be answered by another of the organization's own AI keys, or by none. Costs what the
/// organization pays itself, so it is not for everybody.
async fn own_ai(
    tx: &mut Tx,
    call: &Call,
    old: &AiModelConfig,
    new: &AiModelConfig,
) -> Result<Option<(Value, Value)>, Error> {
    if old.api_key_id == new.api_key_id {
        return Ok(None);
    }
    call.must(tenancy::Action::ManageAi)?;
    let after = api_configuration::named(tx, call.organization(), new).await?;
    // The one before may be gone.
    let before = api_configuration::named(tx, call.organization(), old)
        .await
        .unwrap_or_default();
    Ok(Some((json!({ "ai": before }), json!({ "ai": after }))))
}

/// What endpoints are told of a bot whose porch is public now.
fn published(call: &Call, bot: &Bot) -> webhook::Event {
    webhook::Event {
        organization: bot.organization_id,
        id: call.engine().clock().new_id(),
        kind: EventKind::BotPublished,
        at: bot.updated_at,
        data: json!({
            "bot_id": bot.id,
            "name": bot.name,
            "url": format!("{}/p/{}", call.engine().config().public_url, bot.slug),
        }),
        words: None,
    }
}

/// What it is called when a bot's state becomes another.
fn became(old: BotStatus, new: BotStatus) -> Option<&'static str> {
    match new {
        _ if old == new => None,
        BotStatus::Active => Some(log::BOT_PUBLISHED),
        BotStatus::Inactive => Some(log::BOT_PAUSED),
        BotStatus::Draft => Some(log::BOT_UNPUBLISHED),
    }
}

/// Makes the porch public. A bot without a property or any knowledge has nothing to answer from.
pub async fn publish(call: &Call, id: BotId) -> Result<Bot, Error> {
    must_know_something(call, id).await?;
    let change = BotChange {
        status: Some(BotStatus::Active),
        ..BotChange::default()
    };
    update(call, id, change).await
}

/// Refuses a bot that is to be public and has nothing to say.
pub async fn must_know_something(call: &Call, id: BotId) -> Result<(), Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let known = store::knows_anything(&mut tx, call.organization(), id).await?;
    let nothing = || {
        let text = "This bot knows nothing yet. Add a property or a source first, then publish.";
        Error::from(Fault::new(FaultCode::Conflict, text))
    };
    known.then_some(()).ok_or_else(nothing)
}

/// Removes the bot with its sources, codes and conversations; its properties stay, without a bot. Leads stay.
pub async fn delete(call: &Call, id: BotId) -> Result<(), Error> {
    let mut tx = call.engine().db().begin(call.organization()).await?;
    store::release_properties(&mut tx, call.organization(), id).await?;
    // Answers that are being made are given for nothing: their turns go with the bot.
    let mut holds = crate::training::cancel_of_bot(&mut tx, call.organization(), id).await?;
    holds.extend(crate::chat::open_holds_of_bot(&mut tx, call.organization(), id).await?);
    let moves: Vec<Move> = holds
        .into_iter()
        .map(|hold| Move::new(call.organization(), Action::Void { hold }))
        .collect();
    if !moves.is_empty() {
        ledger::apply(&mut tx, call.engine().outbox(), &moves).await?;
    }
    let bot = store::find_to_change(&mut tx, call.organization(), id).await?;
    let bot = bot.ok_or_else(|| Error::from(Fault::not_found("bot")))?;
    call.must_have_seen(Version::of(&bot))?;
    expect_one(store::delete(&mut tx, call.organization(), id).await?, "bot")?;
    let event = Event {
        action: log::BOT_DELETED,
        target: Some(target(id, &bot.name)),
        before: Some(json!({ "status": bot.status })),
        after: None,
    };
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::BOT_DELETE).await?;
    Ok(())
}
