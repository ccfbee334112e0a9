use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// Somebody on the way to the sign-in provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    pub name: String,
    pub url: String,
}

/// How somebody came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrival {
    /// They are on the way to the next page.
    In,
    /// The provider knows them, and no account here is linked to that.
    Unknown,
}

/// Begins to sign in by the provider, to go on to `next`.
#[server(prefix = "/_fn", endpoint = "auth/begin_provider")]
pub async fn begin_provider(next: String) -> Result<(), AppError> {
    let begun = engine::account::identity::begin(&crate::ssr::engine()?).await?;
    crate::ssr::go_away(begun, crate::ssr::same_site(&next).unwrap_or("/console")).await
}

/// Where the visitor is on the way to. A form's answer must not lead off this site, so a page of its own does.
#[server(prefix = "/_fn", endpoint = "auth/away", input = GetUrl)]
pub async fn get_away() -> Result<Option<Away>, AppError> {
    let engine = crate::ssr::engine()?;
    let name = engine::account::identity::provider_name(&engine)
        .unwrap_or_default()
        .to_owned();
    let away = crate::ssr::away().await?;
    Ok(away.map(|away| Away { name, url: away.url }))
}

/// Ends what was begun, with what the provider sent the visitor back with, and goes on.
#[server(prefix = "/_fn", endpoint = "auth/finish_provider")]
pub async fn finish_provider(code: String, state: String, error: String, iss: String) -> Result<Arrival, AppError> {
    use engine::account::identity::{Outcome, Returned, finish};

    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    let (away, call) = (crate::ssr::back().await?, crate::ssr::caller());
    let given = |text: String| (!text.is_empty()).then_some(text);
    let [code, state, error, iss] = [code, state, error, iss].map(given);
    let returned = Returned {
        code,
        state,
        error,
        iss,
    };
    match finish(&engine, &away.state, &returned, call.as_ref(), &sender.client()).await? {
        Outcome::SignedIn(who) => crate::ssr::go_on(who, &away.next).await?,
        Outcome::Linked => leptos_axum::redirect("/console/security?saved=1"),
        Outcome::Unknown => return Ok(Arrival::Unknown),
    }
    Ok(Arrival::In)
}
