use domain::listing::PropertyForm;
use leptos::{prelude::*, server_fn::ServerFn};

use super::bot_field;
use crate::{
    checks::Check,
    fns::{
        bot::{Choice, bot_choices},
        property::CreateProperty,
    },
    pages::console::{parts::query, wizard::property_fields},
    ui::{Form, LinkButton, PageHead, Submit, load, shown},
};

/// A new property; `?bot=` chooses who answers for it.
pub(super) fn page() -> AnyView {
    let bot = query("bot");
    let bots = load(|| (), |()| bot_choices());
    view! {
        <PageHead title="New property" lead="Only the address is needed; the rest can come later." up=("/console/properties", "Properties")/>
        {shown(bots, move |bots| form(bots, bot.get_untracked()))}
    }
    .into_any()
}

fn form(bots: Vec<Choice>, bot: Option<String>) -> AnyView {
    // With a single bot there is little doubt about who is to answer.
    let only = if let [one] = bots.as_slice() {
        Some(one.id.clone())
    } else {
        None
    };
    view! {
        <Form to=CreateProperty::PATH check=Check::Property>
            {bot_field(bots, bot.or(only).unwrap_or_default())}
            {property_fields(PropertyForm::default())}
            <div class="actions">
                <Submit>"Add property"</Submit>
                <LinkButton href="/console/properties">"Cancel"</LinkButton>
            </div>
        </Form>
    }
    .into_any()
}
