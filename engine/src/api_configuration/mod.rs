//! Keys of an organization's own with providers of AI models: bots that name one are answered by it, and their replies cost no
//! credits.
//!
//! A key is sealed when it is given and opened to build a client of it, once until it is changed; nothing shows it again. It goes
//! to the address that it was given with and to no other: another address needs the key anew.

mod store;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use domain::{
    Fault, FaultCode,
    api_configuration::{
        ApiConfiguration, ApiConfigurationChange, ApiConfigurationForm, CONFIGURATIONS_MAX, Checked, ProviderName,
        SHOWN, Tested,
    },
    audit as log,
    bot::AiModelConfig,
    id::{ApiConfigurationId, OrganizationId},
    tenancy::Action,
};
use moka::future::Cache;
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

use crate::{
    Call, Engine, Error,
    audit::{self, Event as Noted, Target},
    db::{Fresh, Tx, expect_one},
    failpoint,
    provider::{AnswerEngine, MAX_TOKENS, Model, OpenAi},
    request,
    vault::{self, Place},
    version::Version,
};
use store::Kept;

/// What is not used for so long is built anew.
const FORGET: Duration = Duration::from_secs(60 * 60);

/// Clients of the configurations that were used lately.
pub(crate) struct Clients {
    /// As the store has it, until anything has changed.
    fresh: Fresh<(OrganizationId, ApiConfigurationId), Option<Arc<OpenAi>>>,
    /// Beyond that: what a client was built of, so that a change elsewhere builds no other.
    built: Cache<ApiConfigurationId, (Kept, Arc<OpenAi>)>,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            fresh: Fresh::default(),
            built: Cache::builder().max_capacity(1_000).time_to_idle(FORGET).build(),
        }
    }
}

/// Where a key stands sealed.
const fn place(id: ApiConfigurationId) -> Place {
    Place {
        column: "api_configuration.api_key",
        row: id.uuid(),
    }
}

fn gone() -> Error {
    Fault::not_found("AI configuration").into()
}

/// The address as it is called: `https`, without a user name or a query, not into our own network. Where a name leads is looked at
/// for each connection.
fn address(engine: &Engine, typed: &str) -> Result<String, Error> {
    let url: Url = engine
        .fetcher()
        .canonical(typed)
        .map_err(|error| Fault::field("base_url", error.to_string()))?;
    if url.scheme() != "https" && !engine.fetcher().opens(&url) {
        let text = "This address cannot be used: it does not begin with https://.";
        return Err(Fault::field("base_url", text).into());
    }
    if url.query().is_some() {
        let text = "This address cannot be used: leave out the question mark and what follows it.";
        return Err(Fault::field("base_url", text).into());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The end of a key, by which people tell it from others.
fn end_of(key: &str) -> String {
    key.chars().skip(key.chars().count().saturating_sub(SHOWN)).collect()
}

/// Adds a configuration.
pub async fn create(call: &Call, form: &ApiConfigurationForm) -> Result<ApiConfiguration, Error> {
    call.must(Action::ManageAi)?;
    call.must_have_proved()?;
    let (engine, organization, now) = (call.engine(), call.organization(), call.engine().clock().now());
    let checked = form.check(true)?;
    let key = checked.key.unwrap_or_default();
    let configuration = ApiConfiguration {
        id: engine.clock().new_id(),
        provider: checked.provider,
        base_url: address(engine, &checked.base_url)?,
        key_end: end_of(&key),
        settings: checked.settings,
        is_active: form.is_active,
        created_at: now,
        updated_at: now,
    };
    let mut tx = engine.db().begin(organization).await?;
    let keys = vault::keys(engine, &mut tx, organization).await?;
    let kept = Kept {
        sealed: keys.seal(place(configuration.id), key.as_bytes())?,
        configuration,
    };
    store::insert(&mut tx, organization, &kept).await?;
    let new = kept.configuration;
    let event = noted(log::AI_CREATED, &new, None, Some(said(&new)));
    audit::note(&mut tx, call, event).await?;
    // Whoever has noted something is alone in their organization until the commit: two at once cannot pass this together.
    if store::count(&mut tx, organization).await? > CONFIGURATIONS_MAX {
        let text = format!("An organization has at most {CONFIGURATIONS_MAX} keys of AI providers. Remove one first.");
        return Err(Fault::new(FaultCode::Conflict, text).into());
    }
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::AI_CREATE).await?;
    Ok(new)
}

/// All of them, in the order they were made.
pub async fn list(call: &Call) -> Result<Vec<ApiConfiguration>, Error> {
    call.must(Action::ManageAi)?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let all = store::list(&mut tx, call.organization()).await?;
    Ok(all.into_iter().map(|kept| kept.configuration).collect())
}

pub async fn get(call: &Call, id: ApiConfigurationId) -> Result<ApiConfiguration, Error> {
    call.must(Action::ManageAi)?;
    Ok(find(call, id).await?.configuration)
}

async fn find(call: &Call, id: ApiConfigurationId) -> Result<Kept, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    store::find(&mut tx, call.organization(), id).await?.ok_or_else(gone)
}

/// Changes a configuration. Another key, and another address, need a proof of who is calling.
pub async fn update(
    call: &Call,
    id: ApiConfigurationId,
    change: ApiConfigurationChange,
) -> Result<ApiConfiguration, Error> {
    call.must(Action::ManageAi)?;
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().begin(organization).await?;
    let old = store::find_to_change(&mut tx, organization, id)
        .await?
        .ok_or_else(gone)?;
    call.must_have_seen(Version::of(&old.configuration))?;
    let form = change.onto(&old.configuration);
    let Checked {
        provider,
        base_url,
        key,
        settings,
    } = form.check(false)?;
    let base_url = address(engine, &base_url)?;
    if key.is_none() && base_url != old.configuration.base_url {
        // Whoever may change the address would otherwise have the key sent to themselves.
        let text = "The key goes to another address from now on. Give it again.";
        return Err(Fault::field("api_key", text).into());
    }
    let (key_end, sealed) = match &key {
        Some(key) => {
            call.must_have_proved()?;
            let keys = vault::keys(engine, &mut tx, organization).await?;
            (end_of(key), keys.seal(place(id), key.as_bytes())?)
        }
        None => (old.configuration.key_end.clone(), old.sealed),
    };
    let new = ApiConfiguration {
        provider,
        base_url,
        key_end,
        settings,
        is_active: form.is_active,
        ..old.configuration.clone()
    };
    if new == old.configuration && key.is_none() {
        return Ok(new);
    }
    let new = ApiConfiguration {
        updated_at: engine.clock().now(),
        ..new
    };
    let kept = Kept {
        configuration: new.clone(),
        sealed,
    };
    expect_one(store::change(&mut tx, organization, &kept).await?, "AI configuration")?;
    let mut after = said(&new);
    if key.is_some() {
        after["key_changed"] = true.into();
    }
    let event = noted(log::AI_CHANGED, &new, Some(said(&old.configuration)), Some(after));
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::AI_CHANGE).await?;
    engine.own_clients().built.invalidate(&id).await;
    Ok(new)
}

/// Removes a configuration with its key. Bots that name it are answered as those that name none.
pub async fn delete(call: &Call, id: ApiConfigurationId) -> Result<(), Error> {
    call.must(Action::ManageAi)?;
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().begin(organization).await?;
    let found = store::find_to_change(&mut tx, organization, id).await?;
    let found = found.ok_or_else(gone)?.configuration;
    call.must_have_seen(Version::of(&found))?;
    expect_one(store::delete(&mut tx, organization, id).await?, "AI configuration")?;
    let event = noted(log::AI_DELETED, &found, Some(said(&found)), None);
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::AI_DELETE).await?;
    engine.own_clients().built.invalidate(&id).await;
    Ok(())
}

/// Asks the provider something small, for real, whether the configuration is active or not.
pub async fn test(call: &Call, id: ApiConfigurationId) -> Result<Tested, Error> {
    call.must(Action::ManageAi)?;
    let kept = find(call, id).await?;
    let client = client(call.engine(), call.organization(), &kept).await?;
    let tested = client.test().await;
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let came = json!({ "outcome": tested.outcome });
    audit::note(
        &mut tx,
        call,
        noted(log::AI_TESTED, &kept.configuration, None, Some(came)),
    )
    .await?;
    request::done(&mut tx, call).await?;
    tx.commit_counts(failpoint::AI_TEST).await?;
    Ok(tested)
}

/// What answers a bot where it names a configuration that is there and active.
pub(crate) async fn engine_of(
    engine: &Engine,
    organization: OrganizationId,
    model: &AiModelConfig,
) -> Option<Arc<dyn AnswerEngine>> {
    let id = model.api_key_id.as_deref()?.parse::<ApiConfigurationId>().ok()?;
    let look = async |&(organization, id): &(OrganizationId, ApiConfigurationId)| {
        let mut tx = engine.db().read(organization).await?;
        let kept = store::find(&mut tx, organization, id).await?;
        drop(tx);
        match kept.filter(|kept| kept.configuration.is_active) {
            Some(kept) => client(engine, organization, &kept).await.map(Some),
            None => Ok(None),
        }
    };
    let found: Result<_, Error> = engine
        .own_clients()
        .fresh
        .get(engine.db(), (organization, id), look)
        .await;
    match found {
        Ok(found) => found.map(|client| client as Arc<dyn AnswerEngine>),
        Err(error) => {
            tracing::error!(%error, configuration.id = %id, "An organization's own AI key cannot be used: {error}");
            None
        }
    }
}

/// The client of a configuration, built where there is none of just this.
async fn client(engine: &Engine, organization: OrganizationId, kept: &Kept) -> Result<Arc<OpenAi>, Error> {
    let (built, id) = (&engine.own_clients().built, kept.configuration.id);
    if let Some((of, client)) = built.get(&id).await
        && of == *kept
    {
        return Ok(client);
    }
    let keys = vault::to_open(engine, organization).await?;
    let key = keys.open(place(id), &kept.sealed)?;
    let key = String::from_utf8(key).map_err(|_| Error::Broken("a sealed AI key is no text".into()))?;
    let client = Arc::new(OpenAi::vetted(
        engine.fetcher(),
        &kept.configuration.base_url,
        SecretString::from(key),
        model(&kept.configuration),
    )?);
    built.insert(id, (kept.clone(), Arc::clone(&client))).await;
    Ok(client)
}

fn model(configuration: &ApiConfiguration) -> Model {
    let settings = &configuration.settings;
    Model {
        id: settings.model.clone(),
        shown: format!("{}, own key", settings.model),
        temperature: settings.temperature,
        max_tokens: settings.max_tokens.unwrap_or(MAX_TOKENS),
        // OpenAI's newer models know no other name.
        tokens_field: match configuration.provider {
            ProviderName::Openai => "max_completion_tokens",
            _ => "max_tokens",
        },
    }
}

/// What to call the configuration that a bot is to be answered by; refuses one that is not the organization's.
pub(crate) async fn named(tx: &mut Tx, organization: OrganizationId, model: &AiModelConfig) -> Result<String, Error> {
    let Some(id) = &model.api_key_id else {
        return Ok(String::new());
    };
    let unknown = || Fault::field("api_key_id", "There is no such AI key in your organization.");
    let id = id.parse::<ApiConfigurationId>().map_err(|_| unknown())?;
    let found = store::find(tx, organization, id).await?.ok_or_else(unknown)?;
    Ok(name(&found.configuration))
}

fn name(configuration: &ApiConfiguration) -> String {
    format!(
        "{} {}, key …{}",
        configuration.provider.label(),
        configuration.settings.model,
        configuration.key_end
    )
}

/// What is noted of it.
fn said(configuration: &ApiConfiguration) -> Value {
    json!({
        "provider_name": configuration.provider,
        "base_url": configuration.base_url,
        "key_ends_in": configuration.key_end,
        "model": configuration.settings.model,
        "temperature": configuration.settings.temperature,
        "max_tokens": configuration.settings.max_tokens,
        "active": configuration.is_active,
    })
}

fn noted<'a>(
    action: &'static str,
    configuration: &'a ApiConfiguration,
    before: Option<Value>,
    after: Option<Value>,
) -> Noted<'a> {
    Noted {
        action,
        target: Some(Target {
            kind: "api_configuration",
            id: Some(configuration.id.uuid()),
            name: name(configuration).into(),
        }),
        before,
        after,
    }
}
