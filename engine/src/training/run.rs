//! Reading one source: fetch or open, extract, swap in, capture. Safe to run twice.

use bytes::Bytes;
use domain::{
    fact::{Fact, FactKey},
    id::{FactId, OrganizationId, PassageId, PropertyId, SourceId},
    listing::{Property, is_another_house},
    training::SourceKind,
    webhook::EventKind,
};
use serde_json::json;

use super::{
    document::{self, Document},
    extract::{self, Extract},
    look, photos, store,
};
use crate::{
    Engine, Error, failpoint,
    ledger::{self, Action, Move},
    listing, webhook,
};

/// Why a source could not be read, in words for the realtor. Costs nothing.
pub(super) struct Refusal(pub(super) String);

/// What a source says, with what the realtor is to be told of it, where there is something.
pub(super) type Read = Result<(Extract, &'static str), Refusal>;

/// Trains one source to its end. An error means: try again later.
pub(crate) async fn train(engine: &Engine, organization: OrganizationId, id: SourceId) -> Result<(), Error> {
    let mut tx = engine.db().read(organization).await?;
    let item = store::work_item(&mut tx, organization, id).await?;
    drop(tx);
    let Some(item) = item.filter(|item| !item.source.state.is_final()) else {
        // Removed, or finished by an earlier attempt.
        return Ok(());
    };
    match read(engine, organization, &item).await? {
        Ok((extract, note)) => swap_in(engine, organization, &item, extract, note).await,
        Err(Refusal(reason)) => give_up(engine, organization, id, &reason).await,
    }
}

async fn read(engine: &Engine, organization: OrganizationId, item: &store::WorkItem) -> Result<Read, Error> {
    let source = &item.source;
    let (name, content_type, bytes, base) = match source.kind {
        SourceKind::Url => {
            progress(engine, organization, source.id, 10, "Fetching the page").await?;
            failpoint::before(failpoint::FETCH)
                .await
                .map_err(Error::io("calling out"))?;
            let fetched = engine.fetcher().fetch(&source.locator, engine.clock().now()).await;
            failpoint::after(failpoint::FETCH)
                .await
                .map_err(Error::io("calling out"))?;
            match fetched {
                Ok(page) => {
                    engine.files().put(organization, source.id, &page.body).await?;
                    (
                        String::new(),
                        Some(page.content_type),
                        page.body,
                        Some(page.final_url.to_string()),
                    )
                }
                Err(error) => {
                    tracing::info!(source.id = %source.id, "Source `{}` was not fetched: {}", source.id, error.detail());
                    return Ok(Err(Refusal(error.to_string())));
                }
            }
        }
        SourceKind::File => {
            let bytes = engine.files().get(organization, source.id).await?;
            (source.locator.clone(), item.content_type.clone(), bytes, None)
        }
        SourceKind::Text => {
            let bytes = engine.files().get(organization, source.id).await?;
            (
                "text.txt".to_owned(),
                Some("text/plain; charset=utf-8".to_owned()),
                bytes,
                None,
            )
        }
    };
    progress(engine, organization, source.id, 40, "Reading what it says").await?;
    let program = &engine.config().program;
    let document = match document::read(program, &name, content_type.as_deref(), bytes).await {
        Ok(document) => document,
        Err(error) => return Ok(Err(Refusal(error.to_string()))),
    };
    let extract = move || match document {
        Document::Photo(bytes) => Err(bytes),
        Document::Html(bytes) => Ok(extract::html(&bytes, content_type.as_deref(), base.as_deref())),
        Document::Text(text) => Ok(extract::plain(&text.text).map(|extract| match text.title {
            Some(title) => Extract { title, ..extract },
            None => extract,
        })),
    };
    progress(engine, organization, source.id, 70, "Finding facts and passages").await?;
    let extracted = tokio::task::spawn_blocking(extract).await;
    let mut extract =
        match extracted.map_err(|error| Error::Broken(format!("extracting source {}: {error}", source.id)))? {
            Ok(Ok(extract)) => extract,
            Ok(Err(error)) => return Ok(Err(Refusal(error.to_string()))),
            Err(photo) => return look::read(engine, organization, item, photo).await,
        };
    if !extract.images.is_empty() {
        progress(engine, organization, source.id, 85, "Fetching its photos").await?;
        extract.images = photos::copies(engine, organization, source.id, &extract.images).await;
    }
    Ok(Ok((extract, "")))
}

pub(super) async fn progress(
    engine: &Engine,
    organization: OrganizationId,
    id: SourceId,
    percent: i64,
    message: &str,
) -> Result<(), Error> {
    let mut tx = engine.db().begin(organization).await?;
    store::set_progress(&mut tx, organization, id, percent, message).await?;
    Ok(tx.commit_at(failpoint::SOURCE_PROGRESS).await?)
}

/// Facts, passages, the new version of the bot's knowledge and the charge become visible together.
async fn swap_in(
    engine: &Engine,
    organization: OrganizationId,
    item: &store::WorkItem,
    extract: Extract,
    note: &str,
) -> Result<(), Error> {
    let clock = engine.clock();
    let title = if extract.title.trim().is_empty() {
        item.source.title.clone()
    } else {
        extract.title
    };
    let mut tx = engine.db().begin(organization).await?;
    // The source may have gone to another bot while it was read, with the property that it is about.
    let Some(source) = store::find(&mut tx, organization, item.source.id).await? else {
        return Ok(());
    };
    let properties = listing::of_bot(&mut tx, organization, source.bot_id).await?;
    let reading = store::Reading {
        title: title.chars().take(200).collect(),
        message: stranger(&extract.facts, item.source.property_id, &properties).unwrap_or_else(|| note.to_owned()),
        facts: extract
            .facts
            .into_iter()
            .map(|fact| (clock.new_id::<FactId>(), fact))
            .collect(),
        passages: extract
            .passages
            .into_iter()
            .map(|p| (clock.new_id::<PassageId>(), p.heading, p.text))
            .collect(),
        images: extract.images,
        removed: i64::from(extract.removed),
    };
    let now = clock.now();
    let told = webhook::Event {
        organization,
        id: clock.new_id(),
        kind: EventKind::SourceTrained,
        at: now,
        data: json!({
            "source_id": source.id,
            "bot_id": source.bot_id,
            "property_id": source.property_id,
            "title": reading.title,
            "facts": reading.facts.len(),
            "passages": reading.passages.len(),
        }),
        words: None,
    };
    if store::finish(&mut tx, organization, item.source.id, reading, now).await? == 0 {
        return Ok(());
    }
    store::touch_reader(&mut tx, organization, item.source.id).await?;
    let amount = ledger::hold_amount(&mut tx, organization, item.hold).await?;
    if let Some(amount) = amount {
        let capture = Move::new(
            organization,
            Action::Capture {
                hold: item.hold,
                amount,
            },
        );
        // A hold that ran out meanwhile was given back: the work is then the platform's cost, not the customer's.
        if let Err(error) = ledger::apply_one(&mut tx, engine, capture).await {
            tracing::warn!(source.id = %item.source.id, %error, "Source `{}` was trained without a charge", item.source.id);
        }
    }
    engine.outbox().write(&mut tx, vec![told]).await?;
    tx.commit_at(failpoint::SOURCE_FINISH).await?;
    engine.outbox().ring();
    Ok(())
}

/// What to tell the realtor of a source that gives the address of another house.
fn stranger(facts: &[Fact], property: Option<PropertyId>, properties: &[Property]) -> Option<String> {
    let meant = match (property, properties) {
        (Some(id), all) => all.iter().find(|p| p.id == id),
        (None, [one]) => Some(one),
        (None, _) => None,
    }?;
    let address = facts.iter().find(|fact| fact.key == FactKey::Address)?.display();
    is_another_house(&address, &meant.address).then(|| {
        format!(
            "It is about {address}, not {}: nothing of it is said about that house.",
            meant.address
        )
    })
}

/// Ends a source with a reason and gives its hold back.
pub(crate) async fn give_up(
    engine: &Engine,
    organization: OrganizationId,
    id: SourceId,
    reason: &str,
) -> Result<(), Error> {
    let mut tx = engine.db().begin(organization).await?;
    let item = store::work_item(&mut tx, organization, id).await?;
    let Some(item) = item else { return Ok(()) };
    if store::fail(&mut tx, organization, id, reason, engine.clock().now()).await? == 1 {
        let void = Move::new(organization, Action::Void { hold: item.hold });
        if let Err(error) = ledger::apply_one(&mut tx, engine, void).await {
            tracing::warn!(source.id = %id, %error, "The hold of source `{id}` was already resolved");
        }
        tx.commit_at(failpoint::SOURCE_FAIL).await?;
    }
    Ok(())
}

/// Reads a page as training would, without a store: what the evaluation commands use.
pub fn read_page(bytes: &Bytes) -> Result<Extract, String> {
    extract::html(bytes, Some("text/html"), None).map_err(|error| error.to_string())
}
