//! The raw copy of a source as a file to keep: what was read, as it came.

use domain::{
    Fault,
    id::{OrganizationId, SourceId},
    training::SourceKind,
};

use image::ImageFormat;

use super::{
    document::{self, Kind},
    store,
};
use crate::{
    Call, Engine, Error,
    files::{Sent, file_name, link},
};

fn named(kind: Kind, bytes: &[u8]) -> (&'static str, &'static str) {
    match kind {
        Kind::Html => ("html", "text/html; charset=utf-8"),
        Kind::Pdf => ("pdf", "application/pdf"),
        Kind::Docx => (
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        Kind::Text => ("txt", "text/plain; charset=utf-8"),
        Kind::Photo => match image::guess_format(bytes) {
            Ok(ImageFormat::Png) => ("png", "image/png"),
            Ok(ImageFormat::WebP) => ("webp", "image/webp"),
            _ => ("jpg", "image/jpeg"),
        },
    }
}

/// A link to the raw copy of one of the caller's sources. A page that could not be fetched has none.
pub async fn file_link(call: &Call, id: SourceId) -> Result<link::Link, Error> {
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().read(organization).await?;
    let found = store::find(&mut tx, organization, id).await?;
    drop(tx);
    found.ok_or_else(|| Fault::not_found("source"))?;
    if !engine.files().has(organization, id).await? {
        return Err(Fault::not_found("file").into());
    }
    link::to(engine, organization, link::Opens::Source(id))
}

pub(crate) async fn raw_copy(engine: &Engine, organization: OrganizationId, id: SourceId) -> Result<Sent, Error> {
    let mut tx = engine.db().read(organization).await?;
    let found = store::find(&mut tx, organization, id).await?;
    drop(tx);
    let source = found.ok_or_else(|| Fault::not_found("source"))?;
    if !engine.files().has(organization, id).await? {
        return Err(Fault::not_found("file").into());
    }
    let bytes = engine.files().get(organization, id).await?;
    let kind = match source.kind {
        SourceKind::Text => Some(Kind::Text),
        // What it says of itself does not count.
        SourceKind::Url | SourceKind::File => document::sniff("", None, &bytes).ok(),
    };
    let (ending, kind) = kind.map_or(("bin", "application/octet-stream"), |kind| named(kind, &bytes));
    Ok(Sent {
        name: file_name(&source.title, "source", ending),
        kind: kind.to_owned(),
        bytes,
    })
}
