//! API keys of one's own: the list, the one that was just made, and the form for another.

use domain::api_key::{DAYS_DEFAULT, KeyScope};
use leptos::{prelude::*, server_fn::ServerFn};

use super::parts::saved_note;
use crate::{
    fns::api_key::{CreateKey, KeyRow, KeysView, RevokeKey, list_keys},
    ui::{
        Badge, Banner, Card, Cell, CheckField, Confirm, CopyButton, Field, Form, Mood, PageHead, Submit, Table,
        TimeText, load, shown,
    },
};

#[component]
pub fn ApiKeysPage() -> impl IntoView {
    let keys = load(|| (), |()| list_keys());
    view! {
        <PageHead title="API keys" lead="A program of yours calls the API with one, as you, for what you let it." up=("/console/security", "Your account")/>
        {saved_note()}
        {shown(keys, page)}
    }
    .into_any()
}

fn page(view: KeysView) -> AnyView {
    let list = (!view.keys.is_empty()).then(|| {
        view! {
            <Card class="list">
                <Table caption="API keys" columns=&["Name", "May", "Made", "Ends", "Last used", "Revoke"]>
                    {view.keys.into_iter().map(row).collect_view()}
                </Table>
            </Card>
        }
    });
    view! {
        {view.new.map(new)}
        {list}
        {form()}
    }
    .into_any()
}

/// Shown once.
fn new(key: String) -> AnyView {
    view! {
        <Banner mood=Mood::Good>
            <p>"This is the key. Put it where your program keeps its secrets: it is shown this once."</p>
            <p class="link-to-send"><code>{key.clone()}</code><CopyButton text=key label="Copy"/></p>
        </Banner>
    }
    .into_any()
}

fn row(key: KeyRow) -> AnyView {
    let used = match key.used {
        Some(when) => view! { <TimeText when/> }.into_any(),
        None => "Never".into_any(),
    };
    let ends = match key.has_ended {
        true => view! { <Badge mood=Mood::Warn text="Has ended"/> }.into_any(),
        false => key.ends.exact.into_any(),
    };
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let question = format!(
        "A program that calls with “{}” is refused from then on. This cannot be undone.",
        key.name
    );
    view! {
        <tr>
            <Cell label="Name">{key.name}</Cell>
            <Cell label="May">{scopes.join(", ")}</Cell>
            <Cell label="Made"><TimeText when=key.made/></Cell>
            <Cell label="Ends">{ends}</Cell>
            <Cell label="Last used">{used}</Cell>
            <Cell label="Revoke"><Confirm to=RevokeKey::PATH hidden=vec![("id", key.id)] label="Revoke…" action="Revoke key" question/></Cell>
        </tr>
    }
    .into_any()
}

fn form() -> AnyView {
    let scope = |scope: KeyScope| view! { <CheckField name=scope.as_str() label=scope.words()/> };
    view! {
        <Card title="Make a key">
            <Form to=CreateKey::PATH>
                <Field name="name" label="Name" max=100 hint="What it is for: a CRM, a spreadsheet, a script."/>
                <fieldset>
                    <legend>"It may"</legend>
                    {KeyScope::ALL.map(scope).collect_view()}
                </fieldset>
                <Field name="expires_in_days" label="Days" value=DAYS_DEFAULT.to_string() inputmode="numeric" hint="It ends after so many; 365 at most."/>
                <Submit>"Make"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}
