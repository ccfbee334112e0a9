use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// What a link of a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    Confirm,
    Reset,
}

/// A link of a letter that still holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    pub token: String,
    /// Whose it is.
    pub email: String,
}

/// Whose link it is; nothing where it was used or has run out.
#[server(prefix = "/_fn", endpoint = "auth/link", input = GetUrl)]
pub async fn get_link(token: String, kind: LinkKind) -> Result<Option<LinkView>, AppError> {
    let engine = crate::ssr::engine()?;
    let found = match kind {
        LinkKind::Confirm => engine::account::verification(&engine, &token).await,
        LinkKind::Reset => engine::account::reset_of(&engine, &token).await,
    };
    match found {
        Ok(email) => Ok(Some(LinkView {
            token,
            email: email.as_str().to_owned(),
        })),
        Err(error) if error.is_internal() => Err(error.into()),
        Err(error) => {
            crate::ssr::answer_with(error.into_fault().code);
            Ok(None)
        }
    }
}
