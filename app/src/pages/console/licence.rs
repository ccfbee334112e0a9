//! One's own licence: what is given, how far its verification is, the document that shows it.

use domain::licence::{LicenceKind, LicenceStatus};
use leptos::{prelude::*, server_fn::ServerFn};

use super::parts::{or_none, saved_note};
use crate::{
    checks::Check,
    fns::licence::{DOCUMENT, LicenceRow, LicenceView, SEND_DOCUMENT, SetLicence, get_licence},
    ui::{Badge, Banner, Card, Field, FileField, Form, Mood, PageHead, SelectField, Submit, load, shown},
};

#[component]
pub fn LicencePage() -> impl IntoView {
    let licence = load(|| (), |()| get_licence());
    view! {
        <PageHead title="Your licence" lead="The real-estate licence that your porches show, as advertising law asks."/>
        {saved_note()}
        {shown(licence, page)}
    }
    .into_any()
}

fn page(view: LicenceView) -> AnyView {
    let required = view.is_required.then(|| {
        view! { <Banner>"A porch opens once the licence of your organization’s owner is verified."</Banner> }
    });
    let standing = view.licence.as_ref().map(standing);
    let document = view
        .licence
        .as_ref()
        .filter(|licence| !licence.state.is_empty() && !licence.number.is_empty());
    let document = document.map(document_card);
    view! {
        {required}
        {standing}
        <div class="halves">
            {form(view)}
            {document}
        </div>
    }
    .into_any()
}

fn form(view: LicenceView) -> AnyView {
    let (state, number, kind) = view.licence.map_or_else(
        || (String::new(), String::new(), LicenceKind::default()),
        |licence| (licence.state, licence.number, licence.kind),
    );
    let kinds = LicenceKind::ALL.map(|kind| (kind.as_str().to_owned(), kind_name(kind).to_owned()));
    let states = or_none("Choose a state", view.states);
    view! {
        <Card title="Licence">
            <Form to=SetLicence::PATH check=Check::Licence>
                <SelectField name="state" label="State" choices=states value=state/>
                <Field name="number" label="Number" value=number max=40 hint="As it stands on the licence."/>
                <SelectField name="kind" label="You are" choices=kinds.to_vec() value=kind.as_str()/>
                <Submit>"Have it verified"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}

const fn kind_name(kind: LicenceKind) -> &'static str {
    match kind {
        LicenceKind::Agent => "An agent",
        LicenceKind::Broker => "A broker",
    }
}

fn standing(licence: &LicenceRow) -> AnyView {
    let (mood, word, text) = said(licence);
    let last = licence
        .expires_on
        .clone()
        .map(|last| view! { <p>"It holds until "{last}"."</p> });
    let reason = licence.reason.clone().map(|reason| view! { <p>"Reason: "{reason}</p> });
    let line = licence
        .line
        .clone()
        .filter(|_| licence.status == LicenceStatus::Verified)
        .map(|line| view! { <p>"Buyers read after your name: “"{line}"”."</p> });
    view! {
        <Card title="How far it is">
            <p><Badge mood text=word/>" "{text}</p>
            {reason}
            {last}
            {line}
        </Card>
    }
    .into_any()
}

/// The word for how far it is, and what to do.
fn said(licence: &LicenceRow) -> (Mood, &'static str, &'static str) {
    match licence.status {
        LicenceStatus::Claimed if licence.state.is_empty() || licence.number.is_empty() => (
            Mood::Plain,
            "Not complete",
            "Give the state and the number below, to have the licence verified.",
        ),
        LicenceStatus::Claimed => (Mood::Plain, "Being looked at", "A letter tells when that is done."),
        LicenceStatus::Pending => (
            Mood::Warn,
            "Being looked at",
            "Somebody of Porchlight looks at it. A document that shows it makes that quicker.",
        ),
        LicenceStatus::Verified => (Mood::Good, "Verified", "Your porches show it."),
        LicenceStatus::Refused => (
            Mood::Bad,
            "Refused",
            "Put it right below and have it verified again, or send a document that shows it.",
        ),
        LicenceStatus::Expired => (
            Mood::Bad,
            "Has run out",
            "Once it is renewed, have it verified again. What is published stays published.",
        ),
    }
}

fn document_card(licence: &LicenceRow) -> AnyView {
    let sent = licence
        .document
        .clone()
        .map(|name| view! { <p>"You have sent "<a href=DOCUMENT download="">{name}</a>"."</p> });
    let label = if licence.document.is_some() {
        "Another document"
    } else {
        "Document"
    };
    view! {
        <Card title="Document">
            <p class="muted">"A copy or a photo of the licence. Only you and the people of Porchlight who look at it can open it."</p>
            {sent}
            <Form to=SEND_DOCUMENT files=true>
                <FileField name="file" label accept=".pdf,.png,.jpg,.jpeg" hint="PDF, PNG or JPEG, at most 10 MB."/>
                <Submit>"Send"</Submit>
            </Form>
        </Card>
    }
    .into_any()
}
