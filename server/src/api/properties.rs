//! Properties. The first document's fields, and the details of the second.

use std::collections::HashMap;

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, OrganizationId, PropertyId, SourceId},
    listing::{PlaceForm, Property, PropertyForm, PropertyStatus},
    page::{MAX_LIMIT, Page},
    training::{Source, SourceKind, SourceState},
};
use engine::{Call, listing, training, version::Version};
use serde::{Deserialize, Serialize};
use serde_json::{Number, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Object, RefOr, Schema},
};

use super::{
    chatbots::Message,
    number::{self, Typed, count, dollars, given},
    schema::{more, needing, of_base, optional_choice},
};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Paging, Versioned, etag},
};

/// `null` empties a field, an absent one stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PropertyChange, examples(json!({ "price": 479_000, "status": "pending" })))]
pub(super) struct PropertyIn {
    /// The bot that answers for it.
    #[serde(default, deserialize_with = "given")]
    #[schema(format = Uuid)]
    bot_id: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 200)]
    address: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    city: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 50)]
    state: Option<Option<String>>,
    /// Five digits in the United States.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, min_length = 1, max_length = 20)]
    zip_code: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(
        max_length = 2048,
        pattern = r"^(https?://[^\s\u0000-\u001f\u007f-\u009f/?#@]+([/?#][^\s\u0000-\u001f\u007f-\u009f]*)?)?$"
    )]
    listing_url: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = new_status)]
    status: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(max_length = 60)]
    property_type: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = number::amount)]
    price: Option<Option<Typed>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = number::rooms)]
    bedrooms: Option<Option<Typed>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = number::rooms)]
    bathrooms: Option<Option<Typed>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = number::square_feet)]
    square_feet: Option<Option<Typed>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = number::year)]
    year_built: Option<Option<Typed>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = number::amount)]
    hoa_fee: Option<Option<Typed>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(schema_with = number::amount)]
    taxes: Option<Option<Typed>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(max_items = 100, max_length = 200)]
    features: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(max_length = 5000)]
    description: Option<Option<String>>,
}

impl PropertyIn {
    /// The form that these fields change.
    fn onto(self, mut form: PropertyForm) -> PropertyForm {
        let text = |slot: &mut String, value: Option<Option<String>>| {
            if let Some(value) = value {
                *slot = value.unwrap_or_default();
            }
        };
        let typed = |value: Option<Option<Typed>>| value.map(|value| value.map(|Typed(text)| text));
        text(&mut form.address, self.address);
        text(&mut form.city, self.city);
        text(&mut form.state, self.state);
        text(&mut form.zip_code, self.zip_code);
        text(&mut form.listing_url, self.listing_url);
        text(&mut form.status, self.status);
        text(&mut form.property_type, self.property_type);
        text(&mut form.description, self.description);
        text(&mut form.price, typed(self.price));
        text(&mut form.bedrooms, typed(self.bedrooms));
        text(&mut form.bathrooms, typed(self.bathrooms));
        text(&mut form.square_feet, typed(self.square_feet));
        text(&mut form.year_built, typed(self.year_built));
        text(&mut form.hoa_fee, typed(self.hoa_fee));
        text(&mut form.taxes, typed(self.taxes));
        text(
            &mut form.features,
            self.features.map(|lines| lines.map(|lines| lines.join("\n"))),
        );
        form
    }

    /// Which bot is to answer for it, where the body says so.
    fn bot(&self) -> Result<Option<Option<BotId>>, ApiError> {
        let Some(given) = &self.bot_id else { return Ok(None) };
        let id = given.as_deref().map(str::parse::<BotId>).transpose();
        id.map(Some)
            .map_err(|_| ApiError::field("bot_id", "There is no such bot."))
    }
}

/// The statuses of a property; `null` is the first of them.
fn new_status() -> Object {
    optional_choice(PropertyStatus::ALL.map(PropertyStatus::as_str))
}

/// A property that is yet to be added: it has an address.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct NewProperty(PropertyIn);

impl ToSchema for NewProperty {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        of_base::<PropertyIn>(schemas);
    }
}

impl PartialSchema for NewProperty {
    fn schema() -> RefOr<Schema> {
        let example = json!({
            "address": "12 Elm Street", "city": "Springfield", "state": "IL", "zip_code": "62704",
            "price": 489_000, "bedrooms": 3, "bathrooms": 2.5, "year_built": 1972,
        });
        more::<PropertyIn>([needing(["address", "city", "state", "zip_code"])], example)
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Property)]
pub(super) struct PropertyOut {
    property_id: PropertyId,
    organization_id: OrganizationId,
    bot_id: Option<BotId>,
    address: String,
    city: String,
    state: String,
    zip_code: String,
    listing_url: Option<String>,
    data_sources: Vec<DataSource>,
    status: PropertyStatus,
    property_type: Option<String>,
    /// Dollars; `price_minor` has the cents.
    #[schema(value_type = Option<f64>)]
    price: Option<Number>,
    price_minor: Option<i64>,
    currency: &'static str,
    #[schema(value_type = Option<f64>)]
    bedrooms: Option<Number>,
    #[schema(value_type = Option<f64>)]
    bathrooms: Option<Number>,
    #[schema(value_type = Option<f64>)]
    square_feet: Option<Number>,
    year_built: Option<i32>,
    /// Dollars a month.
    #[schema(value_type = Option<f64>)]
    hoa_fee: Option<Number>,
    hoa_fee_minor: Option<i64>,
    /// Dollars a year.
    #[schema(value_type = Option<f64>)]
    taxes: Option<Number>,
    taxes_minor: Option<i64>,
    features: Vec<String>,
    description: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
struct DataSource {
    /// `url`, `text`, or the kind of file: `pdf`, `docx`, `html`, `txt`.
    #[serde(rename = "type")]
    kind: String,
    path: String,
    source_id: SourceId,
    status: SourceState,
}

#[derive(Debug, Serialize, ToSchema)]
struct PropertyCreated {
    property_id: PropertyId,
    message: &'static str,
    property: PropertyOut,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PropertyChanged {
    message: &'static str,
    property: PropertyOut,
}

/// Add a property
#[utoipa::path(
    post,
    path = "/properties",
    operation_id = "create_property",
    tag = "Properties",
    responses((
        status = 201,
        body = PropertyCreated,
        links(
            ("read" = (operation_id = "get_property", parameters(("id" = "$response.body#/property_id")))),
            ("update" = (operation_id = "update_property", parameters(("id" = "$response.body#/property_id")))),
            ("url" = (operation_id = "train_on_url", parameters(("id" = "$response.body#/property_id")))),
            ("text" = (operation_id = "train_on_text", parameters(("id" = "$response.body#/property_id")))),
            ("document" = (operation_id = "train_on_document", parameters(("id" = "$response.body#/property_id")))),
            ("delete" = (operation_id = "delete_property", parameters(("id" = "$response.body#/property_id")))),
        ),
    )),
)]
pub(super) async fn create(
    Caller(call): Caller,
    Input(NewProperty(body)): Input<NewProperty>,
) -> Result<impl IntoResponse, ApiError> {
    let bot = body.bot()?.flatten();
    let property = listing::create(&call, &body.onto(PropertyForm::default()), bot).await?;
    let property = PropertyOut::of(property, Vec::new());
    let out = PropertyCreated {
        property_id: property.property_id,
        message: "Property added.",
        property,
    };
    Ok((StatusCode::CREATED, Json(out)))
}

/// List properties
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/properties",
    operation_id = "list_properties",
    tag = "Properties",
    params(("bot_id" = Option<BotId>, Query, description = "Only those that this bot answers for.")),
    responses((status = 200, body = [PropertyOut])),
)]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = listing::list(&call, paging.filter("bot_id")?, paging.after(), paging.limit).await?;
    listed(&call, &paging, page).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PropertySearch, examples(json!({ "city": "Springfield", "state": "IL" })))]
pub(super) struct PlaceIn {
    /// A part of the street address; upper and lower case are the same.
    #[schema(max_length = 200)]
    address: Option<String>,
    /// A part of the city's name; upper and lower case are the same.
    #[schema(max_length = 100)]
    city: Option<String>,
    /// The whole state, as it stands there.
    #[schema(max_length = 50)]
    state: Option<String>,
    /// The whole ZIP code.
    #[schema(max_length = 20)]
    zip_code: Option<String>,
}

/// Find properties by where they are
///
/// Those that all of what is given holds for, newest first; with nothing given, all. For the next page send the same body to the
/// address in the `Link` header.
#[utoipa::path(
    post,
    path = "/properties/search",
    operation_id = "search_properties",
    tag = "Properties",
    responses((status = 200, body = [PropertyOut])),
)]
pub(super) async fn search(
    Caller(call): Caller,
    paging: Paging,
    Input(body): Input<PlaceIn>,
) -> Result<List, ApiError> {
    let place = PlaceForm {
        address: body.address.unwrap_or_default(),
        city: body.city.unwrap_or_default(),
        state: body.state.unwrap_or_default(),
        zip_code: body.zip_code.unwrap_or_default(),
    };
    let page = listing::search(&call, &place, paging.after(), paging.limit).await?;
    listed(&call, &paging, page).await
}

/// A page of properties with what each was trained on.
async fn listed(call: &Call, paging: &Paging, page: Page<Property>) -> Result<List, ApiError> {
    let mut sources = match page.items.is_empty() {
        true => HashMap::new(),
        false => sources_by_property(call).await?,
    };
    paging.list(page, |property| {
        let sources = sources.remove(&property.id).unwrap_or_default();
        PropertyOut::of(property, sources)
    })
}

/// Read a property
#[utoipa::path(
    get,
    path = "/properties/{id}",
    operation_id = "get_property",
    tag = "Properties",
    responses((status = 200, body = PropertyOut)),
)]
pub(super) async fn get(Versioned(call): Versioned, Id(id): Id<PropertyId>) -> Result<impl IntoResponse, ApiError> {
    let property = listing::get(&call, id).await?;
    let version = Version::of(&property);
    let out = with_sources(&call, property).await?;
    Ok((etag(version, &out), Json(out)))
}

/// Change a property
///
/// What is absent stays as it is. What another bot had read about it, and the codes that lead to it, go to its new bot with it.
#[utoipa::path(
    put,
    path = "/properties/{id}",
    operation_id = "update_property",
    tag = "Properties",
    responses((status = 200, body = PropertyChanged)),
)]
pub(super) async fn update(
    Versioned(call): Versioned,
    Id(id): Id<PropertyId>,
    Input(body): Input<PropertyIn>,
) -> Result<impl IntoResponse, ApiError> {
    let current = listing::get(&call, id).await?;
    let bot = body.bot()?.unwrap_or(current.bot_id);
    let property = listing::update(&call, id, &body.onto(PropertyForm::from(&current)), bot).await?;
    let version = Version::of(&property);
    let property = with_sources(&call, property).await?;
    let message = "Property updated.";
    Ok((etag(version, &property), Json(PropertyChanged { message, property })))
}

/// Delete a property
///
/// Its sources and codes stay with its bot.
#[utoipa::path(
    delete,
    path = "/properties/{id}",
    operation_id = "delete_property",
    tag = "Properties",
    responses((status = 200, body = Message)),
)]
pub(super) async fn delete(Versioned(call): Versioned, Id(id): Id<PropertyId>) -> Result<Json<Message>, ApiError> {
    listing::delete(&call, id).await?;
    Ok(Json(Message {
        message: "Property deleted.",
    }))
}

async fn with_sources(call: &Call, property: Property) -> Result<PropertyOut, ApiError> {
    let sources = sources_by_property(call)
        .await?
        .remove(&property.id)
        .unwrap_or_default();
    Ok(PropertyOut::of(property, sources))
}

/// What each property of the organization was trained on.
async fn sources_by_property(call: &Call) -> Result<HashMap<PropertyId, Vec<DataSource>>, ApiError> {
    let mut found = HashMap::<PropertyId, Vec<DataSource>>::new();
    let mut after = None;
    loop {
        let page = training::list(call, None, after.as_deref(), Some(MAX_LIMIT)).await?;
        for source in page.items {
            if let Some(property) = source.property_id {
                found.entry(property).or_default().push(DataSource::of(source));
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

impl DataSource {
    fn of(source: Source) -> Self {
        let kind = match source.kind {
            SourceKind::Url => "url".to_owned(),
            SourceKind::Text => "text".to_owned(),
            SourceKind::File => {
                let extension = source.locator.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
                extension
                    .filter(|end| end.len() <= 5 && end.bytes().all(|b| b.is_ascii_alphanumeric()))
                    .unwrap_or("file".into())
            }
        };
        Self {
            kind,
            path: source.locator,
            source_id: source.id,
            status: source.state,
        }
    }
}

impl PropertyOut {
    fn of(property: Property, data_sources: Vec<DataSource>) -> Self {
        let details = property.details;
        Self {
            property_id: property.id,
            organization_id: property.organization_id,
            bot_id: property.bot_id,
            address: property.address,
            city: property.city,
            state: property.state,
            zip_code: property.zip_code,
            listing_url: property.listing_url,
            data_sources,
            status: property.status,
            property_type: details.property_type,
            price: details.price_minor.map(dollars),
            price_minor: details.price_minor,
            currency: "USD",
            bedrooms: details.bedrooms.map(count),
            bathrooms: details.bathrooms.map(count),
            square_feet: details.square_feet.map(count),
            year_built: details.year_built,
            hoa_fee: details.hoa_fee_minor.map(dollars),
            hoa_fee_minor: details.hoa_fee_minor,
            taxes: details.taxes_minor.map(dollars),
            taxes_minor: details.taxes_minor,
            features: details.features,
            description: details.description,
            created_at: property.created_at,
            updated_at: property.updated_at,
        }
    }
}
