//! All data of an organization as a ZIP of JSON files. It is written to a file without a name, a page of a list at a time.

use std::{
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
};

use domain::{
    audit::{self as log, Filter},
    page::{MAX_LIMIT, Page},
    tenancy::Action,
};
use futures::future::BoxFuture;
use serde::Serialize;
use uuid::Uuid;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::store;
use crate::{
    Call, Error, account, api_configuration,
    audit::{self, Event},
    bot, chat, failpoint, lead, ledger, licence, listing, organization, purchase, qr, training, webhook,
};

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("an export could not be written: {error}"))
}

/// The file being written. Its writing, which may wait for a disk, goes on beside the runtime.
struct Archive(Option<ZipWriter<BufWriter<File>>>);

impl Archive {
    async fn with(
        &mut self,
        write: impl FnOnce(&mut ZipWriter<BufWriter<File>>) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let mut zip = self.0.take().ok_or_else(|| broken("it is over"))?;
        let written = tokio::task::spawn_blocking(move || write(&mut zip).map(|()| zip)).await;
        self.0 = Some(written.map_err(broken)??);
        Ok(())
    }

    async fn start(&mut self, name: String) -> Result<(), Error> {
        self.with(move |zip| zip.start_file(name, SimpleFileOptions::default()).map_err(broken))
            .await
    }

    async fn text(&mut self, text: Vec<u8>) -> Result<(), Error> {
        self.with(move |zip| zip.write_all(&text).map_err(broken)).await
    }

    /// A list, whole, as a file of its own.
    async fn list<T: Serialize>(&mut self, name: &'static str, items: &[T]) -> Result<(), Error> {
        let mut open = self.open(name).await?;
        open.add(items).await?;
        open.close().await
    }

    async fn open(&mut self, name: &'static str) -> Result<List<'_>, Error> {
        self.start(name.to_owned()).await?;
        self.text(b"[".to_vec()).await?;
        Ok(List {
            archive: self,
            is_empty: true,
        })
    }

    /// A list that is read a page at a time.
    async fn pages<'a, T: Serialize>(
        &mut self,
        name: &'static str,
        mut page: impl FnMut(Option<String>) -> BoxFuture<'a, Result<Page<T>, Error>>,
    ) -> Result<(), Error> {
        let mut list = self.open(name).await?;
        let mut after = None;
        loop {
            let page = page(after).await?;
            list.add(&page.items).await?;
            after = page.next;
            if after.is_none() {
                return list.close().await;
            }
        }
    }

    async fn finish(mut self) -> Result<File, Error> {
        let zip = self.0.take().ok_or_else(|| broken("it is over"))?;
        let finished = tokio::task::spawn_blocking(move || {
            let mut file = zip.finish().map_err(broken)?.into_inner().map_err(broken)?;
            file.seek(SeekFrom::Start(0)).map_err(broken)?;
            Ok(file)
        });
        finished.await.map_err(broken)?
    }
}

/// A list of JSON in the making.
struct List<'a> {
    archive: &'a mut Archive,
    is_empty: bool,
}

impl List<'_> {
    async fn add<T: Serialize>(&mut self, items: &[T]) -> Result<(), Error> {
        let mut text = Vec::new();
        for item in items {
            text.extend(if self.is_empty { "\n" } else { ",\n" }.as_bytes());
            self.is_empty = false;
            serde_json::to_writer(&mut text, item).map_err(broken)?;
        }
        self.archive.text(text).await
    }

    async fn close(self) -> Result<(), Error> {
        self.archive.text(b"\n]\n".to_vec()).await
    }
}

/// Everything the organization has, for its owner, from its beginning, with the files that were given to be read and the photos.
/// Not in it are secrets, documents of licences, and what only runs the place: sessions, API keys, waiting letters and jobs.
pub async fn export(call: &Call) -> Result<File, Error> {
    call.must(Action::ExportAll)?;
    call.must_have_proved()?;
    let folder = call.engine().config().data_dir.clone();
    let file = tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await;
    let file = file.map_err(broken)?.map_err(broken)?;
    let mut archive = Archive(Some(ZipWriter::new(BufWriter::new(file))));
    write(call, &mut archive).await?;
    let file = archive.finish().await?;
    let event = Event {
        action: log::ORGANIZATION_EXPORTED,
        target: None,
        before: None,
        after: None,
    };
    let mut tx = call.engine().db().begin(call.organization()).await?;
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::ORGANIZATION_EXPORT).await?;
    Ok(file)
}

const MOST: Option<u32> = Some(MAX_LIMIT);

async fn write(call: &Call, archive: &mut Archive) -> Result<(), Error> {
    archive
        .list("organization.json", &[organization::get(call).await?])
        .await?;
    archive.list("retention.json", &[super::retention(call).await?]).await?;
    archive.list("members.json", &account::members(call).await?).await?;
    archive
        .list("invitations.json", &account::invitations(call).await?)
        .await?;
    archive
        .list("ai_keys.json", &api_configuration::list(call).await?)
        .await?;
    archive.list("webhooks.json", &webhook::list(call).await?).await?;
    let licences = licence::cases(call.engine(), call.organization()).await?;
    archive.list("licences.json", &licences).await?;
    archive.list("credits.json", &[ledger::balance(call).await?]).await?;
    archive
        .pages("purchases.json", |after| {
            Box::pin(async move { purchase::list(call, after.as_deref(), MOST).await })
        })
        .await?;
    archive
        .pages("transactions.json", |after| {
            Box::pin(async move { ledger::transactions(call, after.as_deref(), MOST).await })
        })
        .await?;
    archive
        .pages("bots.json", |after| {
            Box::pin(async move { bot::list(call, after.as_deref(), MOST).await })
        })
        .await?;
    archive
        .pages("properties.json", |after| {
            Box::pin(async move { listing::list(call, None, after.as_deref(), MOST).await })
        })
        .await?;
    archive
        .pages("codes.json", |after| {
            Box::pin(async move { qr::list(call, None, after.as_deref(), MOST).await })
        })
        .await?;
    archive
        .pages("audit.json", |after| {
            Box::pin(async move { audit::list(call, &Filter::default(), after.as_deref(), MOST).await })
        })
        .await?;
    archive
        .pages("leads.json", |after| {
            Box::pin(async move { lead::list(call, after.as_deref(), MOST).await })
        })
        .await?;
    archive
        .pages("erased.json", |after| Box::pin(erased(call, after)))
        .await?;
    write_visits(call, archive).await?;
    write_knowledge(call, archive).await?;
    write_conversations(call, archive).await
}

/// What is left of what was erased.
async fn erased(call: &Call, after: Option<String>) -> Result<Page<store::Tombstone>, Error> {
    let after = after.and_then(|after| after.parse::<Uuid>().ok());
    let mut tx = call.engine().db().read(call.organization()).await?;
    let rows = store::tombstones(&mut tx, call.organization(), after, i64::from(MAX_LIMIT) + 1).await?;
    Ok(Page::cut(rows, MAX_LIMIT, |row| row.subject_id.to_string()))
}

/// The visits through each code.
async fn write_visits(call: &Call, archive: &mut Archive) -> Result<(), Error> {
    let mut list = archive.open("visits.json").await?;
    let mut after = None;
    loop {
        let codes = qr::list(call, None, after.as_deref(), MOST).await?;
        for code in codes.items {
            let mut before = None;
            loop {
                let page = qr::scans(call, code.id, before.as_deref(), MOST).await?;
                list.add(&page.items).await?;
                before = page.next;
                if before.is_none() {
                    break;
                }
            }
        }
        after = codes.next;
        if after.is_none() {
            return list.close().await;
        }
    }
}

/// Each source with all that was read from it; then the files themselves, under its id.
async fn write_knowledge(call: &Call, archive: &mut Archive) -> Result<(), Error> {
    let mut list = archive.open("knowledge.json").await?;
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let page = training::list(call, None, after.as_deref(), MOST).await?;
        for source in page.items {
            let detail = training::source(call, source.id).await?;
            list.add(&[&detail]).await?;
            found.push((source.id, detail.photos.len()));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    list.close().await?;
    let (files, organization) = (call.engine().files(), call.organization());
    for (source, photos) in found {
        if files.has(organization, source).await? {
            archive.start(format!("files/{source}")).await?;
            archive.text(files.get(organization, source).await?.to_vec()).await?;
        }
        for number in 0..photos {
            if let Some(photo) = files.photo(organization, source, number).await? {
                archive.start(format!("photos/{source}-{number}.jpg")).await?;
                archive.text(photo.to_vec()).await?;
            }
        }
    }
    Ok(())
}

/// Each with every turn.
async fn write_conversations(call: &Call, archive: &mut Archive) -> Result<(), Error> {
    let mut list = archive.open("conversations.json").await?;
    let mut after = None;
    loop {
        let page = chat::conversations(call, false, after.as_deref(), MOST).await?;
        for conversation in page.items {
            list.add(&[chat::conversation(call, conversation.id).await?]).await?;
        }
        after = page.next;
        if after.is_none() {
            return list.close().await;
        }
    }
}
