//! Training a property's bot, and how far that is.

use std::borrow::Cow;

use axum::{
    Json,
    extract::{FromRequest, Request},
    http::StatusCode,
    response::IntoResponse,
};
use domain::{
    Fault, FaultCode,
    id::{BotId, JobId, PropertyId, SourceId},
    training::{DESCRIPTION_MAX, JobStatus, Source},
};
use engine::{
    Call, bot, listing,
    training::{
        self, NewFile, Target,
        document::{self, Kind},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::AdditionalProperties},
};

use super::{
    failures::{Conflict, InsufficientCredits, NotFound},
    number::Used,
};
use crate::{
    error::ApiError,
    extract::{Caller, Described, Id, Input, Question, Sketch, Upload},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrainingPage, examples(json!({ "url": "https://example.com/12-elm-street" })))]
pub(super) struct UrlIn {
    /// The address of a page that anybody can open.
    #[serde(default)]
    #[schema(
        required,
        max_length = 2048,
        pattern = r"^https?://[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?(\.[A-Za-z][A-Za-z0-9-]{0,60}[A-Za-z0-9])+(/[A-Za-z0-9._~/-]*)?(\?[A-Za-z0-9._~&=-]*)?$"
    )]
    url: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TrainingText, examples(json!({ "text_content": "The roof was replaced in 2019." })))]
pub(super) struct TextIn {
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 200_000)]
    text_content: String,
}

/// The work goes on in the background: the price is reserved, and charged when it is done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrainingStarted)]
struct Accepted {
    message: &'static str,
    job_id: JobId,
    source_id: SourceId,
    #[serde(flatten)]
    used: Used,
}

/// Train on a page
///
/// The page is fetched and read in the background. Its price is reserved at once, and charged when the page was read.
#[utoipa::path(
    post,
    path = "/properties/{id}/train/url",
    operation_id = "train_on_url",
    tag = "Training",
    responses(
        (status = 202, body = Accepted, links(("job" = (operation_id = "get_training_status", parameters(("id" = "$response.body#/job_id")))))),
        InsufficientCredits,
        Conflict,
    ),
)]
pub(super) async fn url(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    Input(body): Input<UrlIn>,
) -> Result<impl IntoResponse, ApiError> {
    let target = target(&call, id).await?;
    let source = training::add_url(&call, target, &body.url, call.key("train.url")).await?;
    Ok(accepted(&call, &source))
}

/// Train on a text
#[utoipa::path(
    post,
    path = "/properties/{id}/train/knowledge_base",
    operation_id = "train_on_text",
    tag = "Training",
    responses(
        (status = 202, body = Accepted, links(("job" = (operation_id = "get_training_status", parameters(("id" = "$response.body#/job_id")))))),
        InsufficientCredits,
        Conflict,
    ),
)]
pub(super) async fn knowledge_base(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    Input(body): Input<TextIn>,
) -> Result<impl IntoResponse, ApiError> {
    let target = target(&call, id).await?;
    let source = training::add_text(&call, target, &body.text_content, call.key("train.knowledge_base")).await?;
    Ok(accepted(&call, &source))
}

/// Train on a file
#[utoipa::path(
    post,
    path = "/properties/{id}/train/document",
    operation_id = "train_on_document",
    tag = "Training",
    responses(
        (status = 202, body = Accepted, links(("job" = (operation_id = "get_training_status", parameters(("id" = "$response.body#/job_id")))))),
        InsufficientCredits,
        Conflict,
    ),
)]
pub(super) async fn document(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    upload: Upload,
) -> Result<impl IntoResponse, ApiError> {
    upload.must_be_file(&[])?;
    let target = target(&call, id).await?;
    learn_file(&call, target, upload).await
}

/// Train on a photo
///
/// The porch shows it, and answers from its description. Its price is charged when there is one: yours, or that of an AI that
/// sees images, which is kept as what an AI sees, without any number.
#[utoipa::path(
    post,
    path = "/properties/{id}/train/image",
    operation_id = "train_on_image",
    tag = "Training",
    responses(
        (status = 202, body = Accepted, links(("job" = (operation_id = "get_training_status", parameters(("id" = "$response.body#/job_id")))))),
        InsufficientCredits,
        Conflict,
    ),
)]
pub(super) async fn image(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    PhotoUpload(upload): PhotoUpload,
) -> Result<impl IntoResponse, ApiError> {
    let target = target(&call, id).await?;
    let photo = upload.file.as_ref().is_none_or(|file| {
        let kind = document::sniff(&file.name, file.content_type.as_deref(), &file.bytes);
        kind == Ok(Kind::Photo)
    });
    if !photo {
        return Err(ApiError::field("file", "Choose a photo: JPEG, PNG or WebP."));
    }
    learn_file(&call, target, upload).await
}

/// An upload that says of itself what it is: a photo, and what it shows.
pub(super) struct PhotoUpload(Upload);

impl<S: Send + Sync> FromRequest<S> for PhotoUpload {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let upload = Upload::from_request(request, state).await?;
        upload.must_be_file(&["description"])?;
        Ok(Self(upload))
    }
}

impl Described for PhotoUpload {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.takes::<Self>("multipart/form-data");
        sketch.fails(FaultCode::Invalid);
        sketch.fails(FaultCode::TooLarge);
        sketch.fails(FaultCode::Unsupported);
    }
}

impl ToSchema for PhotoUpload {
    fn name() -> Cow<'static, str> {
        "TrainingPhoto".into()
    }
}

impl PartialSchema for PhotoUpload {
    fn schema() -> RefOr<Schema> {
        let file = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some(
                "The photo, with its name: JPEG, PNG or WebP, at most 25 MB and 8,192 pixels a side.",
            ));
        let description = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(DESCRIPTION_MAX))
            .description(Some(
                "What it shows, in your words. Without them an AI says it, where one is set up that sees images.",
            ));
        let form = ObjectBuilder::new()
            .property("file", file)
            .required("file")
            .property("description", description);
        form.additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([json!({ "file": "(a photo)", "description": "The kitchen has a gas stove." })])
            .into()
    }
}

async fn learn_file(call: &Call, target: Target, mut upload: Upload) -> Result<impl IntoResponse + use<>, ApiError> {
    let file = upload.file.take();
    let file = file.ok_or_else(|| ApiError::field("file", "Choose a file."))?;
    let new = NewFile {
        name: &file.name,
        content_type: file.content_type.as_deref(),
        bytes: file.bytes,
        description: upload.field("description"),
    };
    let source = training::add_file(call, target, new, call.key("train.document")).await?;
    Ok(accepted(call, &source))
}

/// Who learns. With neither, the organization's only bot.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Learner {
    /// The bot that learns, about all that it answers for.
    #[param(format = Uuid)]
    chatbot_id: Option<String>,
    /// The property that it learns about; its bot learns.
    #[param(format = Uuid)]
    property_id: Option<String>,
}

impl Learner {
    async fn target(&self, call: &Call) -> Result<Target, ApiError> {
        let not_one = |name| move |_| ApiError::field(name, "This is not an id.");
        let property = self.property_id.as_deref().map(str::parse::<PropertyId>);
        if let Some(property) = property.transpose().map_err(not_one("property_id"))? {
            return target(call, property).await;
        }
        let named = self.chatbot_id.as_deref().map(str::parse::<BotId>);
        let bot = match named.transpose().map_err(not_one("chatbot_id"))? {
            Some(named) => bot::get(call, named).await?.id,
            None => match bot::list(call, None, Some(2)).await?.items.as_slice() {
                [one] => one.bot.id,
                _ => return Err(ApiError::field("chatbot_id", "Say which of your bots learns.")),
            },
        };
        Ok(Target { bot, property: None })
    }
}

/// Train on a page, with a bot that need not have a property
#[utoipa::path(
    post,
    path = "/training/url-content",
    operation_id = "learn_url",
    tag = "Training",
    responses((status = 202, body = Accepted), NotFound, InsufficientCredits, Conflict),
)]
pub(super) async fn url_content(
    Caller(call): Caller,
    Question(learner): Question<Learner>,
    Input(body): Input<UrlIn>,
) -> Result<impl IntoResponse, ApiError> {
    let target = learner.target(&call).await?;
    let source = training::add_url(&call, target, &body.url, call.key("train.url")).await?;
    Ok(accepted(&call, &source))
}

/// Train on a file, with a bot that need not have a property
#[utoipa::path(
    post,
    path = "/training/upload-document",
    operation_id = "learn_document",
    tag = "Training",
    responses((status = 202, body = Accepted), NotFound, InsufficientCredits, Conflict),
)]
pub(super) async fn upload_document(
    Caller(call): Caller,
    Question(learner): Question<Learner>,
    upload: Upload,
) -> Result<impl IntoResponse, ApiError> {
    upload.must_be_file(&[])?;
    let target = learner.target(&call).await?;
    learn_file(&call, target, upload).await
}

/// See how far a training is
#[utoipa::path(
    get,
    path = "/training_jobs/{id}/status",
    operation_id = "get_training_status",
    tag = "Training",
    responses((status = 200, body = JobStatus)),
)]
pub(super) async fn status(Caller(call): Caller, Id(id): Id<JobId>) -> Result<Json<JobStatus>, ApiError> {
    Ok(Json(training::job_status(&call, id).await?))
}

/// The bot that answers for the property learns.
async fn target(call: &Call, id: PropertyId) -> Result<Target, ApiError> {
    let property = listing::get(call, id).await?;
    let no_bot = || {
        Fault::new(
            FaultCode::Conflict,
            "No bot answers for this property yet. Set its bot_id first, then train.",
        )
    };
    let bot = property.bot_id.ok_or_else(no_bot)?;
    Ok(Target {
        bot,
        property: Some(property.id),
    })
}

fn accepted(call: &Call, source: &Source) -> impl IntoResponse + use<> {
    let message = "Training has begun. Ask for the job's status to see how far it is.";
    let used = call.engine().config().prices.source.into();
    (
        StatusCode::ACCEPTED,
        Json(Accepted {
            message,
            job_id: source.job_id,
            source_id: source.id,
            used,
        }),
    )
}
