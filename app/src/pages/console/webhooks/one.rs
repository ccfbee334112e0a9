use domain::webhook::DeliveryState;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{badge, fields};
use crate::{
    fns::webhook::{
        DeleteWebhook, DeliveryRow, ReplayDelivery, RollWebhookSecret, SwitchWebhook, TestWebhook, UpdateWebhook,
        WebhookRow, WebhookView, get_webhook,
    },
    pages::console::parts::{count, id, query, saved_note},
    ui::{
        Badge, Banner, Card, Cell, Confirm, CopyButton, Form, Kind, Mood, PageHead, Pagination, Submit, Table,
        TimeText, load, shown,
    },
};

/// One endpoint: its settings, what it was told, and what can be done with it.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let (id, after, sent) = (id(), query("after"), query("sent"));
    let found = load(move || (id.get(), after.get()), |(id, after)| get_webhook(id, after));
    let sent = move || {
        let note = || view! { <Banner mood=Mood::Good>"On its way. What became of it is in the log below."</Banner> };
        sent.with(Option::is_some).then(note)
    };
    view! {
        {saved_note()}
        {sent}
        {shown(found, move |found| page(found, after.get_untracked().is_none()))}
    }
    .into_any()
}

fn page(found: WebhookView, first: bool) -> AnyView {
    let (webhook, secret) = (found.webhook, found.secret.map(secret));
    let (state, actions) = (state(&webhook), actions(&webhook));
    let base = format!("/console/webhooks/{}", webhook.id);
    let (log, ends) = (log(&webhook, found.deliveries.items), ends(&webhook));
    let (title, id) = (webhook.url.clone(), webhook.id);
    let (url, events) = (webhook.url, webhook.events);
    view! {
        <PageHead title up=("/console/webhooks", "Webhooks")/>
        {secret}
        {state}
        {actions}
        {log}
        <Pagination base next=found.deliveries.next first/>
        <Card title="Settings">
            <Form to=UpdateWebhook::PATH hidden=vec![("id", id)]>
                {fields(url, events)}
                <Submit>"Save"</Submit>
            </Form>
        </Card>
        {ends}
    }
    .into_any()
}

/// A new secret, this once.
fn secret(secret: String) -> AnyView {
    view! {
        <Banner mood=Mood::Good>
            <p>"This is its secret: your program checks with it that what it gets is from us. It is shown this once."</p>
            <p class="link-to-send"><code>{secret.clone()}</code><CopyButton text=secret label="Copy"/></p>
        </Banner>
    }
    .into_any()
}

fn state(webhook: &WebhookRow) -> AnyView {
    let badge = badge(webhook.off);
    let why = webhook.off.map(|off| view! { <p>{off.words()}"."</p> });
    let taken = match webhook.taken.clone() {
        Some(when) => view! { "It last took an event "<TimeText when/>"." }.into_any(),
        None => "It has taken nothing yet.".into_any(),
    };
    let old = webhook.old_secret_until.clone();
    let old = old.map(|when| view! { <p>"The secret before this one signs, too, until "{when.exact}"."</p> });
    view! {
        <Card>
            <p>{badge}" "{taken}</p>
            {why}
            {old}
        </Card>
    }
    .into_any()
}

fn actions(webhook: &WebhookRow) -> AnyView {
    let id = || ("id", webhook.id.clone());
    let (word, then) = match webhook.off {
        None => ("Switch off", "no"),
        Some(_) => ("Switch on", "yes"),
    };
    let test = webhook.off.is_none().then(|| {
        view! {
            <Form to=TestWebhook::PATH hidden=vec![id()]>
                <Submit kind=Kind::Secondary>"Send a test"</Submit>
            </Form>
        }
    });
    view! {
        <div class="actions">
            {test}
            <Form to=SwitchWebhook::PATH hidden=vec![id(), ("active", then.to_owned())]>
                <Submit kind=Kind::Quiet>{word}</Submit>
            </Form>
        </div>
    }
    .into_any()
}

/// What goes for good.
fn ends(webhook: &WebhookRow) -> AnyView {
    let hidden = || vec![("id", webhook.id.clone())];
    let roll = "Your program has a day to learn the new secret: until then the old one signs, too.";
    let delete = format!(
        "Nothing is sent to {} any more, and its log goes. This cannot be undone.",
        webhook.url
    );
    view! {
        <div class="actions">
            <Confirm to=RollWebhookSecret::PATH hidden=hidden() label="New secret…" action="Make a new secret" question=roll/>
            <Confirm to=DeleteWebhook::PATH hidden=hidden() label="Delete this webhook…" action="Delete webhook" question=delete/>
        </div>
    }
    .into_any()
}

fn log(webhook: &WebhookRow, deliveries: Vec<DeliveryRow>) -> AnyView {
    if deliveries.is_empty() {
        return view! { <Card title="Log"><p>"Nothing has been sent yet."</p></Card> }.into_any();
    }
    let (id, on) = (webhook.id.clone(), webhook.off.is_none());
    let row = move |delivery| row(&id, on, delivery);
    view! {
        <Card title="Log" class="list">
            <Table caption="What was sent" columns=&["Event", "Happened", "State", "Last attempt", "Again"]>
                {deliveries.into_iter().map(row).collect_view()}
            </Table>
        </Card>
    }
    .into_any()
}

fn row(webhook: &str, on: bool, delivery: DeliveryRow) -> AnyView {
    let state = match delivery.state {
        DeliveryState::Waiting => view! { <Badge text="Waiting"/> },
        DeliveryState::Delivered => view! { <Badge mood=Mood::Good text="Taken"/> },
        DeliveryState::Failed => view! { <Badge mood=Mood::Bad text="Failed"/> },
    };
    let next = delivery
        .next
        .map(|when| view! { <span class="muted">"next "{when.exact}</span> });
    let status = delivery.status.map(|status| format!("{status} "));
    let took = delivery.duration_ms.map(|ms| format!(" after {ms} ms"));
    let last = delivery
        .last
        .map(|when| view! { <span>{status}<TimeText when/>{took}</span> });
    let error = delivery.error.map(|error| view! { <span class="muted">{error}</span> });
    let again = on.then(|| {
        view! {
            <Form to=ReplayDelivery::PATH hidden=vec![("id", webhook.to_owned()), ("delivery", delivery.id.clone())]>
                <Submit kind=Kind::Quiet>"Send again"</Submit>
            </Form>
        }
    });
    view! {
        <tr>
            <Cell label="Event"><div class="row-main"><span>{delivery.event.as_str()}</span><code class="muted">{delivery.id}</code></div></Cell>
            <Cell label="Happened"><TimeText when=delivery.happened/></Cell>
            <Cell label="State"><div class="row-main">{state}<span class="muted">{count(delivery.attempts, "attempt", "attempts")}</span>{next}</div></Cell>
            <Cell label="Last attempt"><div class="row-main">{last}{error}</div></Cell>
            <Cell label="Again">{again}</Cell>
        </tr>
    }
    .into_any()
}
