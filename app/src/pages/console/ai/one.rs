use domain::api_configuration::TestOutcome;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{badge, fields};
use crate::{
    fns::ai::{AiRow, DeleteAi, TestAi, UpdateAi, get_ai},
    pages::console::parts::{id, query, saved_note},
    ui::{Banner, Card, CheckField, Confirm, Form, Kind, Mood, PageHead, Submit, load, shown},
};

/// One key: whether it works, and how its provider is asked.
#[component]
pub fn AiKeyPage() -> impl IntoView {
    let id = id();
    let found = load(move || id.get(), get_ai);
    view! {
        {saved_note()}
        {tested_note()}
        {shown(found, page)}
    }
    .into_any()
}

/// What came of a test that was just made.
fn tested_note() -> AnyView {
    let (tested, ms) = (query("tested"), query("ms"));
    let note = move || {
        let outcome = tested.get().as_deref().and_then(TestOutcome::parse)?;
        let mood = match outcome {
            TestOutcome::Ok => Mood::Good,
            _ => Mood::Bad,
        };
        let took = ms.get().and_then(|ms| ms.parse::<u32>().ok());
        let took = took.map(|ms| format!(" That took {ms} ms."));
        Some(view! { <Banner mood>{outcome.words()}{took}</Banner> })
    };
    view! { {note} }.into_any()
}

fn page(key: AiRow) -> AnyView {
    let question = "The key goes. Bots that are answered with it are answered by Porchlight from then on, at the price of a reply. This cannot be undone.";
    let (title, state) = (key.name(), badge(key.is_active));
    let hidden = vec![("id", key.id.clone())];
    let (to_change, to_delete, settings) = (hidden.clone(), hidden.clone(), key);
    view! {
        <PageHead title up=("/console/ai", "AI keys")>{state}</PageHead>
        <div class="actions">
            <Form to=TestAi::PATH hidden>
                <Submit kind=Kind::Secondary>"Test it"</Submit>
            </Form>
        </div>
        <Card title="Settings">
            <Form to=UpdateAi::PATH hidden=to_change>
                {fields(Some(&settings))}
                <CheckField name="active" label="Bots are answered with it" checked=settings.is_active/>
                <Submit>"Save"</Submit>
            </Form>
        </Card>
        <Confirm to=DeleteAi::PATH hidden=to_delete label="Remove this key…" action="Remove key" question/>
    }
    .into_any()
}
