use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::BrandView;
use crate::error::AppError;

/// The organization's name, colour and logo.
#[server(prefix = "/_fn", endpoint = "brand/get", input = GetUrl)]
pub async fn get_brand() -> Result<BrandView, AppError> {
    let call = crate::ssr::call().await?;
    let organization = engine::organization::get(&call).await?;
    Ok(BrandView {
        logo: organization.has_logo.then(|| "/console/brand-logo".to_owned()),
        organization: organization.name,
        colour: organization.colour,
        may_change: call.may(domain::tenancy::Action::SetBrand),
    })
}
