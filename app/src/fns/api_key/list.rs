use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::KeysView;
use crate::error::AppError;

/// One's keys, in the order they were made, and the one that is new, once.
#[server(prefix = "/_fn", endpoint = "api_key/list", input = GetUrl)]
pub async fn list_keys() -> Result<KeysView, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let keys = engine::account::api_key::list(&call).await?;
    let new = match crate::ssr::take(super::NEW_KEY).await? {
        Some(sealed) => Some(engine::account::factor::reveal(&call.person(), &sealed).await?),
        None => None,
    };
    let keys = keys.into_iter().map(|key| super::KeyRow::new(key, now)).collect();
    Ok(KeysView { keys, new })
}
