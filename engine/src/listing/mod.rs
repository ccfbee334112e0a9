//! Properties: what the realtor typed about each. What was read from sources is `training`'s.

mod store;

pub(crate) use store::of_bot;

use domain::{
    Fault, audit as log,
    id::{BotId, PropertyId},
    listing::{CheckedProperty, PlaceForm, Property, PropertyForm},
    page::{self, Page},
};

use crate::{
    Call, Error,
    audit::{self, Event, Target},
    bot,
    db::{DbError, Tx, expect_one},
    failpoint, request,
    search::pattern,
    version::Version,
};

/// Adds a property, to a bot's knowledge where one is named.
pub async fn create(call: &Call, form: &PropertyForm, bot: Option<BotId>) -> Result<Property, Error> {
    let form = form.check()?;
    let (clock, organization) = (call.engine().clock(), call.organization());
    let now = clock.now();
    let property = build(form, clock.new_id(), organization, bot, now, now);
    let mut tx = call.engine().db().begin(call.organization()).await?;
    demand_bot(&mut tx, call, bot).await?;
    store::insert(&mut tx, &property).await?;
    touch(&mut tx, call, bot).await?;
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::PROPERTY_CREATE).await?;
    Ok(property)
}

fn build(
    form: CheckedProperty,
    id: PropertyId,
    organization_id: domain::id::OrganizationId,
    bot_id: Option<BotId>,
    created_at: chrono::DateTime<chrono::Utc>,
    updated_at: chrono::DateTime<chrono::Utc>,
) -> Property {
    Property {
        id,
        organization_id,
        bot_id,
        address: form.address,
        city: form.city,
        state: form.state,
        zip_code: form.zip_code,
        listing_url: form.listing_url,
        status: form.status,
        details: form.details,
        created_at,
        updated_at,
    }
}

pub async fn get(call: &Call, id: PropertyId) -> Result<Property, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    find(&mut tx, call, id).await
}

/// The caller's property of that id, or *not found*.
pub(crate) async fn find(tx: &mut Tx, call: &Call, id: PropertyId) -> Result<Property, Error> {
    store::find(tx, call.organization(), id)
        .await?
        .ok_or_else(|| Fault::not_found("property").into())
}

/// The same, which stays as it is until the commit, where the caller may change it.
async fn find_to_change(tx: &mut Tx, call: &Call, id: PropertyId) -> Result<Property, Error> {
    let found = store::find_to_change(tx, call.organization(), id).await?;
    let found = found.ok_or_else(|| Error::from(Fault::not_found("property")))?;
    call.must_have_seen(Version::of(&found))?;
    Ok(found)
}

/// A property chosen in a form about a bot (`property_id`): one of the bot's own.
pub(crate) async fn find_of(tx: &mut Tx, call: &Call, bot: BotId, id: PropertyId) -> Result<Property, Error> {
    let property = store::find(tx, call.organization(), id)
        .await?
        .ok_or_else(|| Fault::field("property_id", "There is no such property."))?;
    if property.bot_id != Some(bot) {
        let text = "This property is not one of the bot’s. Choose one that is, or all of them.";
        return Err(Fault::field("property_id", text).into());
    }
    Ok(property)
}

/// Newest first; of one bot where named.
pub async fn list(
    call: &Call,
    bot: Option<BotId>,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Property>, Error> {
    let after = after.map(str::parse::<PropertyId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::list(&mut tx, call.organization(), bot, after, limit).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// Those that are where a search says, newest first: `address` and `city` hold its words, upper and lower case alike; `state`
/// and `zip_code` are its own. What is empty does not matter.
pub async fn search(
    call: &Call,
    place: &PlaceForm,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Property>, Error> {
    let place = place.check()?;
    let after = after.map(str::parse::<PropertyId>).transpose()?;
    let limit = page::limit(limit);
    let patterns = (pattern(&place.address), pattern(&place.city));
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::search(
        &mut tx,
        call.organization(),
        (&patterns.0, &patterns.1),
        &place,
        after,
        limit,
    )
    .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// Replaces what was typed and which bot answers for it. What that bot read about the property, and the codes that lead to
/// it, go to the new bot with it.
pub async fn update(call: &Call, id: PropertyId, form: &PropertyForm, bot: Option<BotId>) -> Result<Property, Error> {
    let form = form.check()?;
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let old = find_to_change(&mut tx, call, id).await?;
    demand_bot(&mut tx, call, bot).await?;
    let property = build(
        form,
        id,
        call.organization(),
        bot,
        old.created_at,
        call.engine().clock().now(),
    );
    expect_one(store::update(&mut tx, &property).await?, "property")?;
    touch(&mut tx, call, old.bot_id).await?;
    let mut moved = Vec::new();
    if bot != old.bot_id {
        if let Some(bot) = bot {
            moved = store::hand_over(&mut tx, call.organization(), id, bot).await?;
        }
        touch(&mut tx, call, bot).await?;
    }
    tx.commit_at(failpoint::PROPERTY_UPDATE).await?;
    for slug in moved {
        call.engine().scans().forget(&slug).await;
    }
    Ok(property)
}

/// Removes the property; its sources and codes stay with the bot, without a property.
pub async fn delete(call: &Call, id: PropertyId) -> Result<(), Error> {
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let old = find_to_change(&mut tx, call, id).await?;
    store::detach(&mut tx, call.organization(), id).await?;
    expect_one(store::delete(&mut tx, call.organization(), id).await?, "property")?;
    touch(&mut tx, call, old.bot_id).await?;
    let event = Event {
        action: log::PROPERTY_DELETED,
        target: Some(Target {
            kind: "property",
            id: Some(id.uuid()),
            name: old.address.into(),
        }),
        before: None,
        after: None,
    };
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::PROPERTY_DELETE).await?;
    Ok(())
}

async fn demand_bot(tx: &mut Tx, call: &Call, bot: Option<BotId>) -> Result<(), Error> {
    if let Some(bot) = bot {
        bot::find(tx, call, bot)
            .await
            .map_err(|_| Fault::field("bot_id", "There is no such bot."))?;
    }
    Ok(())
}

async fn touch(tx: &mut Tx, call: &Call, bot: Option<BotId>) -> Result<(), DbError> {
    match bot {
        Some(bot) => bot::touch_knowledge(tx, call.organization(), bot).await,
        None => Ok(()),
    }
}
