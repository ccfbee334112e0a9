use domain::account::Credentials;
use leptos::prelude::*;

use crate::error::AppError;

/// Signs in and goes on to `next`, if that is a page of this site; by way of the second factor where there is one.
#[server(prefix = "/_fn", endpoint = "auth/sign_in")]
pub async fn sign_in(next: String, #[server(flatten)] credentials: Credentials) -> Result<(), AppError> {
    use engine::account::{Kind, sign_in};

    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    let who = sign_in(&engine, &credentials, Kind::Console, &sender.client()).await?;
    crate::ssr::go_on(who, crate::ssr::same_site(&next).unwrap_or("/console")).await
}
