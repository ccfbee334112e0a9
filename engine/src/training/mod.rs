//! Sources: taken in, read in the background, answered from, removed.

mod copy;
pub mod document;
pub mod extract;
mod look;
mod photos;
mod run;
mod store;
#[cfg(test)]
mod tests;

pub use copy::file_link;
pub(crate) use copy::raw_copy;
pub(crate) use photos::MOST as PHOTOS_MOST;
pub use run::read_page;
pub(crate) use run::{give_up, train};
pub(crate) use store::{PassageRow, facts_of_bot, passages_of_bot, photos_of_bot};

use std::time::Duration;

use bytes::Bytes;
use domain::{
    Fault, audit as log,
    credits::Priced,
    id::{BotId, HoldId, JobId, OrganizationId, PropertyId, SourceId},
    page::{self, Page},
    training::{JobStatus, Source, SourceDetail, SourceKind, check_description, check_file, check_text, check_url},
};
use sha2::{Digest, Sha256};

use crate::{
    Call, Engine, Error,
    audit::{self, Event},
    bot,
    db::{DbError, Tx, expect_one},
    failpoint, jobs,
    ledger::{self, Action, ClientKey, Move, Once, Purpose},
    listing, request,
};

/// Which bot learns, and about which of its properties.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub bot: BotId,
    pub property: Option<PropertyId>,
}

/// Takes in a page's address. It is fetched in the background.
pub async fn add_url(call: &Call, target: Target, url: &str, key: Option<ClientKey>) -> Result<Source, Error> {
    let url = check_url(url)?;
    let canonical = call.engine().fetcher().canonical(url.as_str());
    let url = canonical.map_err(|error| Fault::field("url", error.to_string()))?;
    let new = Incoming {
        kind: SourceKind::Url,
        title: url.as_str(),
        locator: url.as_str(),
        content_type: None,
        description: None,
        bytes: None,
    };
    take_in(call, target, new, key).await
}

/// A file as somebody sends it.
pub struct NewFile<'a> {
    pub name: &'a str,
    /// As the sender's program says; what it is its bytes tell.
    pub content_type: Option<&'a str>,
    pub bytes: Bytes,
    /// What a photo shows, in the sender's words; empty where nothing is said. Other files have none.
    pub description: &'a str,
}

/// Takes in an uploaded file of at most [`domain::training::FILE_MAX`] bytes. Its kind is told by its bytes.
pub async fn add_file(call: &Call, target: Target, file: NewFile<'_>, key: Option<ClientKey>) -> Result<Source, Error> {
    let name: String = file.name.chars().filter(|c| !c.is_control()).take(200).collect();
    let name = if name.trim().is_empty() {
        "file".to_owned()
    } else {
        name
    };
    check_file("file", &name, file.bytes.len() as u64)?;
    let description = check_description(file.description)?;
    let kind = document::sniff(&name, file.content_type, &file.bytes);
    let kind = kind.map_err(|error| Fault::field("file", format!("“{name}”: {error}")))?;
    if description.is_some() && kind != document::Kind::Photo {
        let text = "Only photos are described. Leave this empty, or add it as a text of its own.";
        return Err(Fault::field("description", text).into());
    }
    let new = Incoming {
        kind: SourceKind::File,
        title: &name,
        locator: &name,
        content_type: file.content_type,
        description: description.as_deref(),
        bytes: Some(file.bytes),
    };
    take_in(call, target, new, key).await
}

/// Takes in pasted text.
pub async fn add_text(call: &Call, target: Target, text: &str, key: Option<ClientKey>) -> Result<Source, Error> {
    let text = check_text(text)?;
    let title = title_of(&text);
    let new = Incoming {
        kind: SourceKind::Text,
        title: &title,
        locator: "pasted text",
        content_type: None,
        description: None,
        bytes: Some(Bytes::from(text)),
    };
    take_in(call, target, new, key).await
}

/// The first words of a text, as its name: up to eight of them, and up to 60 characters.
fn title_of(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut title: String = words.by_ref().take(8).collect::<Vec<_>>().join(" ");
    let mut is_cut = words.next().is_some();
    if let Some((end, _)) = title.char_indices().nth(60) {
        title.truncate(end);
        is_cut = true;
    }
    if is_cut {
        title = format!("{}…", title.trim_end_matches([' ', ',', '.', ';', ':']));
    }
    title
}

/// A source of any kind, looked through.
struct Incoming<'a> {
    kind: SourceKind,
    title: &'a str,
    locator: &'a str,
    content_type: Option<&'a str>,
    description: Option<&'a str>,
    bytes: Option<Bytes>,
}

/// Reserves the price, notes the source and queues the work, all in one commit.
async fn take_in(call: &Call, target: Target, new: Incoming<'_>, key: Option<ClientKey>) -> Result<Source, Error> {
    let (engine, clock, organization) = (call.engine(), call.engine().clock(), call.organization());
    let (id, job, hold) = (
        clock.new_id::<SourceId>(),
        clock.new_id::<JobId>(),
        clock.new_id::<HoldId>(),
    );
    let asked = |key| {
        let content = new.bytes.as_ref().map(|bytes| Sha256::digest(bytes).to_vec());
        let what = (new.kind, new.title, new.locator, new.content_type, new.description);
        let about = (target.bot, target.property, what, content);
        Once::new(call, key, &about)
    };
    let once = key.map(asked).transpose()?;
    // The raw copy comes first: a job never runs without its bytes. A copy whose source was not kept is swept away.
    if let Some(bytes) = &new.bytes {
        engine.files().put(organization, id, bytes).await?;
    }
    let commit = async {
        let mut tx = engine.db().begin(organization).await?;
        if let Some(once) = &once
            && let Some(source) = once.earlier::<Source>(&mut tx).await?
        {
            return Ok(Err(source));
        }
        bot::find(&mut tx, call, target.bot).await?;
        if let Some(property) = target.property {
            listing::find_of(&mut tx, call, target.bot, property).await?;
        }
        let prices = engine.config().prices;
        let purpose = Purpose {
            name: Priced::DataTraining.as_str(),
            related: Some(id.uuid()),
            description: format!("Source “{}”", new.title),
            price_version: prices.version,
        };
        let action = Action::Hold {
            hold,
            amount: prices.source,
            purpose,
        };
        tx = ledger::charged(tx, engine, Move::new(organization, action), once.as_ref()).await?;
        let source = store::NewSource {
            id,
            bot: target.bot,
            property: target.property,
            kind: new.kind,
            title: new.title,
            locator: new.locator,
            content_type: new.content_type,
            description: new.description,
            hold,
            job,
        };
        store::insert(&mut tx, organization, &source, clock.now()).await?;
        jobs::enqueue(
            &mut tx,
            organization,
            job,
            jobs::Work::Train { source: id },
            clock.now(),
        )
        .await?;
        let source = store::find(&mut tx, organization, id).await?;
        let source = source.ok_or_else(|| Fault::not_found("source"))?;
        if let Some(once) = &once {
            once.done(&mut tx, clock, &source).await?;
        }
        request::done(&mut tx, call).await?;
        tx.commit_at(failpoint::SOURCE_ADD).await?;
        Ok::<_, Error>(Ok(source))
    };
    let kept = commit.await;
    // A commit may fail and be durable all the same, as when the connection breaks before its answer comes.
    if !matches!(kept, Ok(Ok(_))) && matches!(is_kept(engine, organization, id).await, Ok(false)) {
        engine.files().remove(organization, id).await?;
    }
    match kept? {
        Ok(new) => {
            engine.jobs().ring();
            Ok(new)
        }
        Err(earlier) => Ok(earlier),
    }
}

async fn is_kept(engine: &Engine, organization: OrganizationId, id: SourceId) -> Result<bool, Error> {
    let mut tx = engine.db().read(organization).await?;
    Ok(store::find(&mut tx, organization, id).await?.is_some())
}

/// A raw copy younger than this may belong to a source that is just being taken in.
const ORPHAN_AGE: Duration = Duration::from_secs(3600);

/// Removes raw copies whose source was never kept, or went together with its bot.
pub(crate) async fn remove_orphans(engine: &Engine) -> Result<(), Error> {
    for (organization, id) in engine.files().older_than(ORPHAN_AGE).await? {
        if !is_kept(engine, organization, id).await? {
            engine.files().remove(organization, id).await?;
            tracing::info!(source.id = %id, "Removed the raw copy of source `{id}`, which is not there");
        }
    }
    Ok(())
}

/// A bot's sources, or all of the organization's, newest first.
pub async fn list(
    call: &Call,
    bot: Option<BotId>,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Source>, Error> {
    let after = after.map(str::parse::<SourceId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::list(&mut tx, call.organization(), bot, after, limit).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// Whether anything could be read for a bot.
pub async fn has_knowledge(call: &Call, bot: BotId) -> Result<bool, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::has_ready(&mut tx, call.organization(), bot).await?)
}

/// One source with everything that was read from it.
pub async fn source(call: &Call, id: SourceId) -> Result<SourceDetail, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let source = store::find(&mut tx, call.organization(), id).await?;
    let source = source.ok_or_else(|| Error::from(Fault::not_found("source")))?;
    let facts = store::facts_of_source(&mut tx, call.organization(), id).await?;
    let passages = store::passages_of_source(&mut tx, call.organization(), id).await?;
    let photos = store::photos_of_source(&mut tx, call.organization(), id).await?;
    Ok(SourceDetail {
        source,
        facts,
        passages,
        photos,
    })
}

/// How far a training job is.
pub async fn job_status(call: &Call, job: JobId) -> Result<JobStatus, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let source = store::find_by_job(&mut tx, call.organization(), job).await?;
    let source = source.ok_or_else(|| Error::from(Fault::not_found("training job")))?;
    Ok(JobStatus {
        job_id: job,
        source_id: source.id,
        status: source.state,
        progress: source.progress,
        details: source.message,
    })
}

/// Removes a source with its facts, passages and raw copy. From the next question on nothing of it is answered.
pub async fn remove(call: &Call, id: SourceId) -> Result<(), Error> {
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let source = store::find(&mut tx, call.organization(), id).await?;
    let source = source.ok_or_else(|| Error::from(Fault::not_found("source")))?;
    if !source.state.is_final() {
        let holds = store::open_holds(&mut tx, call.organization(), source.bot_id, Some(id)).await?;
        let moves: Vec<Move> = holds
            .into_iter()
            .map(|hold| Move::new(call.organization(), Action::Void { hold }))
            .collect();
        ledger::apply(&mut tx, call.engine().outbox(), &moves).await?;
    }
    expect_one(store::delete(&mut tx, call.organization(), id).await?, "source")?;
    bot::touch_knowledge(&mut tx, call.organization(), source.bot_id).await?;
    let event = Event {
        action: log::SOURCE_REMOVED,
        target: Some(audit::Target {
            kind: "source",
            id: Some(id.uuid()),
            name: source.title.into(),
        }),
        before: None,
        after: None,
    };
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::SOURCE_REMOVE).await?;
    call.engine().files().remove(call.organization(), id).await
}

/// The holds of a bot's unfinished sources, which are to be given back when the bot goes.
pub(crate) async fn cancel_of_bot(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: BotId,
) -> Result<Vec<HoldId>, DbError> {
    store::open_holds(tx, organization, bot, None).await
}
