use domain::account::Registration;
use leptos::prelude::*;

use crate::error::AppError;

/// Opens an organization and signs its owner in. In production the address has to be confirmed first, and the answer is the
/// same where it is known already: that is nobody's business.
#[server(prefix = "/_fn", endpoint = "auth/register")]
pub async fn register(#[server(flatten)] form: Registration) -> Result<(), AppError> {
    use engine::{
        account::{Kind, register, sign_in},
        config::Mode,
    };

    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    let registered = register(&engine, &form).await?;
    if registered.is_none() || engine.config().mode == Mode::Production {
        leptos_axum::redirect("/sign-in?registered=1");
        return Ok(());
    }
    let credentials = domain::account::Credentials {
        email: form.email,
        password: form.password,
    };
    let who = sign_in(&engine, &credentials, Kind::Console, &sender.client()).await?;
    let needs = crate::ssr::enter(who).await?;
    leptos_axum::redirect(needs.map_or("/console", crate::ssr::page_of));
    Ok(())
}
