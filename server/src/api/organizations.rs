//! The caller's own organization: its name and its brand.

use axum::{Json, response::IntoResponse};
use domain::{id::OrganizationId, tenancy::Organization, text::HexColour};
use engine::{
    Call,
    organization::{self, BrandChange},
    version::Version,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::ApiError,
    extract::{Id, Input, Object, Versioned, etag},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub(super) struct OrganizationOut {
    organization_id: OrganizationId,
    org_name: String,
    /// Its name in public addresses.
    slug: String,
    contact_email: String,
    branding_config: BrandOut,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Branding)]
struct BrandOut {
    company_name: String,
    primary_color: String,
    /// Where its logo is, as PNG, for anybody; `null` where there is none.
    logo_path: Option<String>,
}

impl From<Organization> for OrganizationOut {
    fn from(found: Organization) -> Self {
        let logo_path = found.has_logo.then(|| format!("/logo/{}", found.slug));
        Self {
            organization_id: found.id,
            org_name: found.name.clone(),
            slug: found.slug,
            contact_email: found.contact_email,
            branding_config: BrandOut {
                company_name: found.name,
                primary_color: found.colour,
                logo_path,
            },
        }
    }
}

/// What is absent or `null` stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandingChange, examples(json!({ "company_name": "Harbour Homes", "primary_color": "#0b3d3a" })))]
pub(super) struct BrandIn {
    #[schema(min_length = 1, max_length = 100)]
    company_name: Option<String>,
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    primary_color: Option<String>,
    /// A picture (PNG, JPEG or WebP) that anybody can open. A copy of it is kept.
    #[schema(max_length = 2048, pattern = r"^https?://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/-]*)?$")]
    logo_url: Option<String>,
}

/// The same, in its own field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandingConfig, examples(json!({ "branding_config": { "primary_color": "#0b3d3a" } })))]
pub(super) struct ConfigIn {
    #[schema(value_type = Option<BrandIn>)]
    branding_config: Option<Object<BrandIn>>,
}

/// Read one's organization
#[utoipa::path(
    get,
    path = "/organizations/me",
    operation_id = "get_own_organization",
    tag = "Organization",
    responses((
        status = 200,
        body = OrganizationOut,
        links(
            ("read" = (operation_id = "get_organization", parameters(("id" = "$response.body#/organization_id")))),
            ("brand" = (operation_id = "set_branding", parameters(("id" = "$response.body#/organization_id")))),
        ),
    )),
)]
pub(super) async fn me(Versioned(call): Versioned) -> Result<impl IntoResponse, ApiError> {
    Ok(tagged(organization::get(&call).await?))
}

/// Read an organization
///
/// There is none but one's own.
#[utoipa::path(
    get,
    path = "/organizations/{id}",
    operation_id = "get_organization",
    tag = "Organization",
    responses((status = 200, body = OrganizationOut)),
)]
pub(super) async fn get(Versioned(call): Versioned, Id(id): Id<OrganizationId>) -> Result<impl IntoResponse, ApiError> {
    must_be_own(&call, id)?;
    Ok(tagged(organization::get(&call).await?))
}

/// Change how an organization is called and looks
#[utoipa::path(
    put,
    path = "/organizations/{id}/branding",
    operation_id = "set_branding",
    tag = "Organization",
    responses((status = 200, body = OrganizationOut)),
)]
pub(super) async fn set_branding(
    Versioned(call): Versioned,
    Id(id): Id<OrganizationId>,
    Input(body): Input<ConfigIn>,
) -> Result<impl IntoResponse, ApiError> {
    must_be_own(&call, id)?;
    let brand = body.branding_config.map(|Object(brand)| brand);
    set(&call, brand.unwrap_or_default()).await
}

/// Change how one's organization is called and looks
#[utoipa::path(
    post,
    path = "/organizations/me/branding",
    operation_id = "set_own_branding",
    tag = "Organization",
    responses((status = 200, body = OrganizationOut)),
)]
pub(super) async fn set_own_branding(
    Versioned(call): Versioned,
    Input(body): Input<BrandIn>,
) -> Result<impl IntoResponse, ApiError> {
    set(&call, body).await
}

async fn set(call: &Call, brand: BrandIn) -> Result<impl IntoResponse + use<>, ApiError> {
    let colour = brand.primary_color.as_deref().map(str::parse::<HexColour>).transpose();
    let colour = colour.map_err(|fault| ApiError::field("primary_color", fault.message))?;
    let logo = match &brand.logo_url {
        Some(url) => Some(organization::fetch_logo(call, url).await?),
        None => None,
    };
    let change = BrandChange {
        name: brand.company_name.as_deref(),
        colour: colour.as_ref().map(HexColour::as_str),
        logo: logo.as_deref(),
    };
    Ok(tagged(organization::change_brand(call, &change).await?))
}

fn tagged(organization: Organization) -> impl IntoResponse + use<> {
    let version = Version::of(&organization);
    let out = OrganizationOut::from(organization);
    (etag(version, &out), Json(out))
}

/// Another organization is not found, as if it did not exist.
fn must_be_own(call: &Call, id: OrganizationId) -> Result<(), ApiError> {
    match id == call.organization() {
        true => Ok(()),
        false => Err(ApiError::not_found("organization")),
    }
}
