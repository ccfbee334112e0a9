use leptos::prelude::*;

use crate::error::AppError;

/// Gives a member another role, or switches them off (`no`) or on (`yes`).
#[server(prefix = "/_fn", endpoint = "people/change")]
pub async fn change_member(id: String, role: Option<String>, active: Option<String>) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let known = |role: String| {
        let fault = || domain::Fault::field("role", "There is no such role.");
        domain::tenancy::Role::parse(&role).ok_or_else(fault)
    };
    let change = domain::tenancy::MemberChange {
        role: role.map(known).transpose()?,
        is_active: active.map(|active| active == "yes"),
    };
    engine::account::change(&call, id.parse()?, change).await?;
    leptos_axum::redirect("/console/people?saved=1");
    Ok(())
}
