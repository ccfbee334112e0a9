//! On the way to the sign-in provider and back.

use engine::account::identity::Begun;
use serde::{Deserialize, Serialize};

use super::{broken, session};
use crate::AppError;

const AWAY_KEY: &str = "away";

/// What the visitor's session keeps while they are away.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Trip {
    pub state: String,
    pub url: String,
    /// The page to go on to.
    pub next: String,
}

/// Notes that the visitor goes to the provider, by way of the page that sends them there.
pub async fn go_away(begun: Begun, next: &str) -> Result<(), AppError> {
    let trip = Trip {
        state: begun.state,
        url: begun.url,
        next: next.to_owned(),
    };
    session()?.insert(AWAY_KEY, trip).await.map_err(broken)?;
    leptos_axum::redirect("/sign-in/away");
    Ok(())
}

/// Where the visitor is on the way to.
pub async fn away() -> Result<Option<Trip>, AppError> {
    Ok(session()?.get(AWAY_KEY).await.map_err(broken)?)
}

/// The same for somebody who comes back: once.
pub async fn back() -> Result<Trip, AppError> {
    let trip: Option<Trip> = session()?.remove(AWAY_KEY).await.map_err(broken)?;
    Ok(trip.unwrap_or_default())
}
