//! Properties. The first document's fields, and the details of the second.

use std::collections::HashMap;

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, OrganizationId, PropertyId, SourceId},
    listing::{Property, PropertyForm, PropertyStatus},
    page::MAX_LIMIT,
    training::{Source, SourceKind, SourceState},
};
use engine::{Call, listing, training};
use serde::{Deserialize, Serialize};
use serde_json::Number;

use super::{
    chatbots::Message,
    number::{Typed, count, dollars, given},
};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Paging},
};

/// `null` empties a field, an absent one stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PropertyIn {
    #[serde(deserialize_with = "given")]
    bot_id: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    address: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    city: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    state: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    zip_code: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    listing_url: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    status: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    property_type: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    price: Option<Option<Typed>>,
    #[serde(deserialize_with = "given")]
    bedrooms: Option<Option<Typed>>,
    #[serde(deserialize_with = "given")]
    bathrooms: Option<Option<Typed>>,
    #[serde(deserialize_with = "given")]
    square_feet: Option<Option<Typed>>,
    #[serde(deserialize_with = "given")]
    year_built: Option<Option<Typed>>,
    #[serde(deserialize_with = "given")]
    hoa_fee: Option<Option<Typed>>,
    #[serde(deserialize_with = "given")]
    taxes: Option<Option<Typed>>,
    #[serde(deserialize_with = "given")]
    features: Option<Option<Vec<String>>>,
    #[serde(deserialize_with = "given")]
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

#[derive(Debug, Serialize)]
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
    price: Option<Number>,
    price_minor: Option<i64>,
    currency: &'static str,
    bedrooms: Option<Number>,
    bathrooms: Option<Number>,
    square_feet: Option<Number>,
    year_built: Option<i32>,
    /// Dollars a month.
    hoa_fee: Option<Number>,
    hoa_fee_minor: Option<i64>,
    /// Dollars a year.
    taxes: Option<Number>,
    taxes_minor: Option<i64>,
    features: Vec<String>,
    description: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize)]
struct DataSource {
    /// `url`, `text`, or the kind of file: `pdf`, `docx`, `html`, `txt`.
    #[serde(rename = "type")]
    kind: String,
    path: String,
    source_id: SourceId,
    status: SourceState,
}

#[derive(Debug, Serialize)]
struct PropertyCreated {
    property_id: PropertyId,
    message: &'static str,
    property: PropertyOut,
}

#[derive(Debug, Serialize)]
pub(super) struct PropertyChanged {
    message: &'static str,
    property: PropertyOut,
}

pub(super) async fn create(
    Caller(call): Caller,
    Input(body): Input<PropertyIn>,
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

pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = listing::list(&call, paging.filter("bot_id")?, paging.after(), paging.limit).await?;
    let mut sources = if page.items.is_empty() {
        HashMap::new()
    } else {
        sources_by_property(&call).await?
    };
    Ok(paging.list(page, |property| {
        let sources = sources.remove(&property.id).unwrap_or_default();
        PropertyOut::of(property, sources)
    }))
}

pub(super) async fn get(Caller(call): Caller, Id(id): Id<PropertyId>) -> Result<Json<PropertyOut>, ApiError> {
    let property = listing::get(&call, id).await?;
    Ok(Json(with_sources(&call, property).await?))
}

pub(super) async fn update(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    Input(body): Input<PropertyIn>,
) -> Result<Json<PropertyChanged>, ApiError> {
    let current = listing::get(&call, id).await?;
    let bot = body.bot()?.unwrap_or(current.bot_id);
    let property = listing::update(&call, id, &body.onto(PropertyForm::from(&current)), bot).await?;
    Ok(Json(PropertyChanged {
        message: "Property updated.",
        property: with_sources(&call, property).await?,
    }))
}

pub(super) async fn delete(Caller(call): Caller, Id(id): Id<PropertyId>) -> Result<Json<Message>, ApiError> {
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
