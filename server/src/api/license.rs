//! One's own real-estate licence.

use std::borrow::Cow;

use axum::{
    Json,
    extract::{FromRequest, Request},
    response::IntoResponse,
};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    FaultCode,
    licence::{Licence, LicenceForm, LicenceKind, LicenceStatus},
};
use engine::{licence, version::Version};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::AdditionalProperties},
};

use super::{failures::Conflict, schema::optional_choice};
use crate::{
    error::ApiError,
    extract::{Caller, Described, Input, Sketch, Upload, Versioned, etag},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LicenseClaim, examples(json!({ "state": "IL", "number": "475.123456", "kind": "agent" })))]
pub(super) struct LicenseIn {
    /// The state that gave it: its code or its name.
    #[serde(default)]
    #[schema(required)]
    state: String,
    /// As it stands on the licence. Where numbers of a state have a format that is known, it is held to.
    #[serde(default)]
    #[schema(required, pattern = "^[A-Za-z0-9. -]{3,40}$")]
    number: String,
    #[schema(schema_with = kind)]
    kind: Option<LicenceKind>,
}

/// What its holder is; an agent where nothing is said.
fn kind() -> Object {
    optional_choice(LicenceKind::ALL.map(LicenceKind::as_str))
}

/// All is `null` where no licence was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = License)]
pub(super) struct LicenseOut {
    state: Option<String>,
    number: Option<String>,
    kind: Option<LicenceKind>,
    /// How far its verification is.
    status: Option<LicenceStatus>,
    /// Why it was refused.
    reason: Option<String>,
    /// The last day that it holds on.
    expires_on: Option<NaiveDate>,
    claimed_at: Option<DateTime<Utc>>,
    /// When it was last found to hold.
    checked_at: Option<DateTime<Utc>>,
    /// The name of the document that was sent.
    document: Option<String>,
    /// What stands after its holder's name on a porch, once it may.
    line: Option<String>,
}

impl From<Option<Licence>> for LicenseOut {
    fn from(licence: Option<Licence>) -> Self {
        let line = licence.as_ref().and_then(Licence::line);
        let (kind, status, claimed_at) = match &licence {
            Some(licence) => (Some(licence.kind), Some(licence.status), Some(licence.claimed_at)),
            None => (None, None, None),
        };
        let find = |part: fn(&Licence) -> Option<String>| licence.as_ref().and_then(part);
        Self {
            state: find(|licence| licence.state.clone()),
            number: find(|licence| licence.number.clone()),
            reason: find(|licence| licence.reason.clone()),
            document: find(|licence| licence.document.clone()),
            expires_on: licence.as_ref().and_then(|licence| licence.expires_on),
            checked_at: licence.as_ref().and_then(|licence| licence.checked_at),
            kind,
            status,
            claimed_at,
            line,
        }
    }
}

/// Read one's licence
#[utoipa::path(
    get,
    path = "/users/me/license",
    operation_id = "get_license",
    tag = "Licence",
    responses((status = 200, body = LicenseOut)),
)]
pub(super) async fn get(Versioned(call): Versioned) -> Result<impl IntoResponse, ApiError> {
    Ok(tagged(licence::mine(&call).await?))
}

/// Give one's licence to be verified
///
/// In the background: `status` tells how far that is. The same licence again is looked at anew where it was refused or has run
/// out, and stays as it is otherwise.
#[utoipa::path(
    put,
    path = "/users/me/license",
    operation_id = "set_license",
    tag = "Licence",
    responses((status = 200, body = LicenseOut), Conflict),
)]
pub(super) async fn set(
    Versioned(call): Versioned,
    Input(body): Input<LicenseIn>,
) -> Result<impl IntoResponse, ApiError> {
    let form = LicenceForm {
        state: body.state,
        number: body.number,
        kind: body.kind.unwrap_or_default().as_str().into(),
    };
    Ok(tagged(Some(licence::set(&call, &form).await?)))
}

fn tagged(licence: Option<Licence>) -> impl IntoResponse {
    let version = Version::of(&licence);
    let out = LicenseOut::from(licence);
    (etag(version, &out), Json(out))
}

/// Send a document that shows one's licence
///
/// Only its holder and the platform's own people can open it. Another one takes its place.
#[utoipa::path(
    post,
    path = "/users/me/license/document",
    operation_id = "send_license_document",
    tag = "Licence",
    responses((status = 200, body = LicenseOut), Conflict),
)]
pub(super) async fn document(
    Caller(call): Caller,
    LicenseDocument(upload): LicenseDocument,
) -> Result<Json<LicenseOut>, ApiError> {
    let file = upload.file.unwrap_or_default();
    Ok(Json(
        Some(licence::add_document(&call, &file.name, file.bytes).await?).into(),
    ))
}

/// An upload that says of itself what it is.
pub(super) struct LicenseDocument(Upload);

impl<S: Send + Sync> FromRequest<S> for LicenseDocument {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let upload = Upload::from_request(request, state).await?;
        upload.must_be_file(&[])?;
        Ok(Self(upload))
    }
}

impl Described for LicenseDocument {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.takes::<Self>("multipart/form-data");
        sketch.fails(FaultCode::Invalid);
        sketch.fails(FaultCode::TooLarge);
        sketch.fails(FaultCode::Unsupported);
    }
}

impl ToSchema for LicenseDocument {
    fn name() -> Cow<'static, str> {
        "LicenseDocument".into()
    }
}

impl PartialSchema for LicenseDocument {
    fn schema() -> RefOr<Schema> {
        let file = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some("The file: PDF, PNG or JPEG, at most 10 MB."));
        let form = ObjectBuilder::new().property("file", file).required("file");
        form.additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([json!({ "file": "%PDF-1.7" })])
            .into()
    }
}
