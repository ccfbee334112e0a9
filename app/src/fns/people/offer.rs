use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::OfferView;
use crate::error::AppError;

/// What an invitation's link offers; nothing where it was used, withdrawn or has run out.
#[server(prefix = "/_fn", endpoint = "people/offer", input = GetUrl)]
pub async fn get_offer(token: String) -> Result<Option<OfferView>, AppError> {
    match engine::account::offer(&crate::ssr::engine()?, &token).await {
        Ok(offer) => Ok(Some(OfferView { token, offer })),
        Err(error) if error.is_internal() => Err(error.into()),
        Err(error) => {
            crate::ssr::answer_with(error.into_fault().code);
            Ok(None)
        }
    }
}
