use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// The ways to sign in here besides the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    pub passkeys: bool,
    /// What the sign-in provider is called, where there is one.
    pub provider: Option<String>,
}

/// Which ways there are.
#[server(prefix = "/_fn", endpoint = "auth/ways", input = GetUrl)]
pub async fn get_ways() -> Result<Ways, AppError> {
    let engine = crate::ssr::engine()?;
    Ok(Ways {
        passkeys: engine::account::passkey::are_possible(&engine),
        provider: engine::account::identity::provider_name(&engine).map(str::to_owned),
    })
}
