use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::EnrolmentView;
use crate::error::AppError;

/// Begins to set up an authenticator app, and shows it on the page the form came from.
#[server(prefix = "/_fn", endpoint = "security/begin_factor")]
pub async fn begin_factor() -> Result<(), AppError> {
    engine::account::factor::begin(&crate::ssr::enroller()?).await?;
    Ok(())
}

/// What was begun.
#[server(prefix = "/_fn", endpoint = "security/enrolment", input = GetUrl)]
pub async fn get_enrolment() -> Result<Option<EnrolmentView>, AppError> {
    let begun = engine::account::factor::begun(&crate::ssr::enroller()?).await?;
    Ok(begun.map(|begun| {
        let letters: Vec<char> = begun.secret.chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        EnrolmentView {
            secret: groups.join(" "),
            picture: begun.picture,
        }
    }))
}
