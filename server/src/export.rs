//! Lists as files for a spreadsheet.

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use domain::{audit::Entry, lead::Lead};
use engine::{audit, lead};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    api::{audit::filter, exports},
    error::ApiError,
    extract::{Caller, Paging},
};

pub async fn leads(Caller(call): Caller) -> Result<Response, ApiError> {
    if !call.has_proved() {
        return Ok(prove_first("/console/leads"));
    }
    let leads = lead::export(&call).await?;
    let rows = leads.iter().map(|lead| cells(lead).map(as_text));
    let csv = csv_of(std::iter::once(LEAD.map(str::to_owned)).chain(rows));
    Ok(file("leads.csv", csv.map_err(broken)?.into()))
}

/// A file that leaves the house goes to nobody who has only found a screen unlocked.
fn prove_first(page: &str) -> Response {
    Redirect::to(&app::ssr::with_next(app::ssr::PROVE, page)).into_response()
}

/// All data of the organization.
pub async fn organization(Caller(call): Caller) -> Result<Response, ApiError> {
    if !call.has_proved() {
        return Ok(prove_first("/console/privacy"));
    }
    exports::zip(&call).await
}

/// The last says by which ways they may be reached.
const LEAD: [&str; 8] = [
    "received", "name", "email", "phone", "message", "property", "bot", "consent",
];

fn cells(lead: &Lead) -> [String; 8] {
    let holds = lead.consents.iter().filter(|consent| consent.withdrawn_at.is_none());
    let holds: Vec<&str> = holds.map(|consent| consent.channel.as_str()).collect();
    [
        lead.created_at.to_rfc3339(),
        lead.name.clone(),
        lead.email.clone().unwrap_or_default(),
        lead.phone.clone().unwrap_or_default(),
        lead.message.clone(),
        lead.property_address.clone().unwrap_or_default(),
        lead.bot_name.clone(),
        holds.join(" "),
    ]
}

/// The audit log, or what the same filters as those of its page leave of it; sent as it is read.
pub async fn audit_log(Caller(call): Caller, paging: Paging) -> Result<Response, ApiError> {
    if !call.has_proved() {
        return Ok(prove_first("/console/audit"));
    }
    let pages = audit::export(&call, filter(&paging)?).await?;
    let rows = pages.map(|page| -> Result<Bytes, std::io::Error> {
        let page = page.map_err(std::io::Error::other)?;
        let csv = csv_of(page.iter().map(|entry| entry_cells(entry).map(as_text)));
        Ok(csv.map_err(std::io::Error::other)?.into())
    });
    // The answer has begun: it can only be broken off.
    let rows = rows.inspect_err(|error| tracing::error!(%error, "An export of the audit log broke off: {error}"));
    let head = csv_of(std::iter::once(ENTRY.map(str::to_owned))).map_err(broken)?;
    let csv = stream::once(async { Ok(Bytes::from(head)) }).chain(rows);
    Ok(file("audit.csv", Body::from_stream(csv)))
}

/// The fields of the API's list, under the same names.
const ENTRY: [&str; 14] = [
    "seq",
    "at",
    "actor_id",
    "actor_name",
    "address",
    "action",
    "description",
    "target_kind",
    "target_id",
    "target_name",
    "change",
    "before",
    "after",
    "hash",
];

fn entry_cells(entry: &Entry) -> [String; 14] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    [
        entry.seq.to_string(),
        entry.at.to_rfc3339(),
        entry.actor_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.actor_name.clone(),
        text(&entry.address),
        entry.action.clone(),
        entry.words().to_owned(),
        text(&entry.target_kind),
        entry.target_id.map(|id| id.to_string()).unwrap_or_default(),
        text(&entry.target_name),
        entry.change(),
        json(&entry.before),
        json(&entry.after),
        entry.hash.clone(),
    ]
}

fn csv_of<const N: usize>(rows: impl Iterator<Item = [String; N]>) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for row in rows {
        csv.write_record(row)?;
    }
    csv.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn broken(error: csv::Error) -> ApiError {
    ApiError::internal(format!("writing a CSV: {error}"))
}

fn file(name: &str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

/// A spreadsheet runs what begins like a formula; a quotation mark in front makes it text.
fn as_text(cell: String) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::as_text;

    #[test]
    fn no_cell_is_a_formula() {
        for bad in ["=1+1", "+1", "-1", "@a", "\tx", "\rx"] {
            assert!(as_text(bad.to_owned()).starts_with('\''), "{bad:?}");
        }
        assert_eq!(as_text("Sam".to_owned()), "Sam");
    }
}
