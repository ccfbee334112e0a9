//! Keys of the organization's own with AI providers: the list, and one of them.

mod list;
mod one;

use domain::api_configuration::{KEY_MAX, MODEL_MAX, ProviderName, URL_MAX};
use leptos::prelude::*;

use crate::{
    fns::ai::AiRow,
    ui::{Badge, Field, Mood, SelectField},
};

pub use list::AiKeysPage;
pub use one::AiKeyPage;

fn badge(is_active: bool) -> AnyView {
    match is_active {
        true => view! { <Badge mood=Mood::Good text="In use"/> },
        false => view! { <Badge text="Off"/> },
    }
    .into_any()
}

/// The fields of both forms. To be called inside of one.
fn fields(row: Option<&AiRow>) -> AnyView {
    let providers = ProviderName::ALL
        .map(|name| (name.as_str().to_owned(), name.label().to_owned()))
        .to_vec();
    let known = row.is_some();
    let row = row.cloned().unwrap_or_else(|| AiRow::of(ProviderName::Openai));
    let of_key = match known {
        true => "Leave it empty to keep the one that is known. It is shown to nobody.",
        false => "As the provider shows it. It is kept sealed and shown to nobody.",
    };
    view! {
        <SelectField name="provider_name" label="Provider" choices=providers value=row.provider/>
        <Field name="base_url" label="Address" value=row.base_url kind="url" max=URL_MAX as u32 optional=true
            hint="Needed for a provider that is not in the list; it begins with https:// and mostly ends with /v1."/>
        <Field name="api_key" label="Key" kind="password" max=KEY_MAX as u32 optional=known autocomplete="off" hint=of_key/>
        <Field name="model" label="Model" value=row.model max=MODEL_MAX as u32 hint="As the provider calls it, such as gpt-4o-mini."/>
        <Field name="temperature" label="Temperature" value=row.temperature optional=true inputmode="decimal" hint="From 0 to 2; lower is plainer."/>
        <Field name="max_tokens" label="Tokens of an answer" value=row.max_tokens optional=true inputmode="numeric" hint="50 to 4,000 at most; 700 where nothing is said."/>
    }
    .into_any()
}
