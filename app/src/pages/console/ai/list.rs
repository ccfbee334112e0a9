use leptos::{prelude::*, server_fn::ServerFn};

use super::{badge, fields};
use crate::{
    fns::ai::{AiRow, CreateAi, list_ai},
    ui::{Card, Cell, Form, PageHead, Submit, Table, load, shown},
};

/// All keys, and the form for another.
#[component]
pub fn AiKeysPage() -> impl IntoView {
    let keys = load(|| (), |()| list_ai());
    view! {
        <PageHead title="AI keys" lead="Have bots answered by a provider of your own, with your key: their replies cost no credits. Choose it on a bot’s page."/>
        {shown(keys, page)}
    }
    .into_any()
}

fn page(keys: Vec<AiRow>) -> AnyView {
    let list = (!keys.is_empty()).then(|| {
        view! {
            <Card class="list">
                <Table caption="AI keys" columns=&["Model", "Provider", "Key", "State"]>
                    {keys.into_iter().map(row).collect_view()}
                </Table>
            </Card>
        }
    });
    view! {
        {list}
        <Card title="Add a key">
            <Form to=CreateAi::PATH>
                {fields(None)}
                <Submit>"Add"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

fn row(key: AiRow) -> AnyView {
    view! {
        <tr>
            <Cell label="Model"><a href=format!("/console/ai/{}", key.id)>{key.model}</a></Cell>
            <Cell label="Provider"><div class="row-main"><span>{key.provider_label}</span><span class="muted">{key.base_url}</span></div></Cell>
            <Cell label="Key">"…"{key.key_end}</Cell>
            <Cell label="State">{badge(key.is_active)}</Cell>
        </tr>
    }
    .into_any()
}
