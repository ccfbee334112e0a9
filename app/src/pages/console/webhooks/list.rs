use domain::webhook::EventKind;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{badge, fields};
use crate::{
    fns::webhook::{CreateWebhook, WebhookRow, list_webhooks},
    ui::{Card, Cell, Form, PageHead, Submit, Table, TimeText, load, shown},
};

/// All endpoints, and the form for another.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let webhooks = load(|| (), |()| list_webhooks());
    view! {
        <PageHead title="Webhooks" lead="Programs of your own that are told what happens here: a CRM, a spreadsheet, an automation."/>
        {shown(webhooks, page)}
    }
    .into_any()
}

fn page(webhooks: Vec<WebhookRow>) -> AnyView {
    let list = (!webhooks.is_empty()).then(|| {
        view! {
            <Card class="list">
                <Table caption="Webhooks" columns=&["Address", "Events", "State", "Last taken"]>
                    {webhooks.into_iter().map(row).collect_view()}
                </Table>
            </Card>
        }
    });
    view! {
        {list}
        <Card title="Add a webhook">
            <Form to=CreateWebhook::PATH>
                {fields(String::new(), vec![EventKind::LeadCreated])}
                <Submit>"Add"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

fn row(webhook: WebhookRow) -> AnyView {
    let taken = match webhook.taken {
        Some(when) => view! { <TimeText when/> }.into_any(),
        None => "Nothing yet".into_any(),
    };
    let events: Vec<&str> = webhook.events.iter().map(|kind| kind.as_str()).collect();
    view! {
        <tr>
            <Cell label="Address"><a href=format!("/console/webhooks/{}", webhook.id)>{webhook.url}</a></Cell>
            <Cell label="Events">{events.join(", ")}</Cell>
            <Cell label="State">{badge(webhook.off)}</Cell>
            <Cell label="Last taken">{taken}</Cell>
        </tr>
    }
    .into_any()
}
