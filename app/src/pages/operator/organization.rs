//! One organization: how it is, its people's licences, and what it lets support see.

use domain::{
    Fault,
    licence::LicenceStatus,
    operator::{Grant, LicenceCase, Overview},
};
use leptos::prelude::*;

use super::{Frame, document, field, said};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Shown {
    pub overview: Overview,
    pub licences: Vec<LicenceCase>,
    pub grant: Option<Grant>,
    /// What is wrong with a decision that was sent.
    pub fault: Option<Fault>,
}

pub fn organization(frame: &Frame, shown: &Shown) -> String {
    let it = &shown.overview;
    let base = format!("/operator/organizations/{}", it.id);
    let cases = shown
        .licences
        .iter()
        .map(|case| licence(frame, &base, case))
        .collect_view();
    let none = shown
        .licences
        .is_empty()
        .then(|| view! { <p class="muted">"Nobody has given one."</p> });
    let body = view! {
        {said(shown.fault.as_ref())}
        <ul>
            <li>"Plan "{it.plan.clone()}", since "{frame.when(it.created_at)}</li>
            <li>{it.members}" people, "{it.bots}" bots, "{it.published}" of them open, "{it.properties}" properties"</li>
            <li>{it.conversations}" conversations, "{it.leads}" leads"</li>
            <li>{it.failed_jobs}" jobs were given up"</li>
        </ul>
        <h2>"Support access"</h2>
        {access(frame, &base, shown.grant.as_ref())}
        <h2>"Licences"</h2>
        {none}
        {cases}
    };
    document(frame, &it.name, body.into_any())
}

fn access(frame: &Frame, base: &str, grant: Option<&Grant>) -> AnyView {
    let Some(grant) = grant else {
        let text = "This organization does not let support look now. Its owner or an admin can, under Your account.";
        return view! { <p>{text}</p> }.into_any();
    };
    let minutes = (grant.expires_at - frame.now).num_minutes() + 1;
    view! {
        <p>
            {grant.granted_by.clone()}" lets you look for "{minutes}" more minutes: “"{grant.reason.clone()}"”. Each look is noted in "
            "the organization's own log."
        </p>
        <p class="actions">
            <a class="btn" href=format!("{base}/conversations")>"Conversations"</a>
            <a class="btn" href=format!("{base}/leads")>"Leads"</a>
        </p>
    }
    .into_any()
}

fn licence(frame: &Frame, base: &str, case: &LicenceCase) -> AnyView {
    let licence = &case.licence;
    let base = format!("{base}/licences/{}", case.account);
    let number = licence.number.clone().unwrap_or_else(|| "no number".into());
    let state = licence.state.clone().unwrap_or_else(|| "no state".into());
    let since = case
        .review_since
        .map(|at| view! { <p>"Waits for somebody to look since "{frame.when(at)}"."</p> });
    let document = licence
        .document
        .clone()
        .map(|name| view! { <p><a href=format!("{base}/document") download="">{name}</a></p> });
    let last = licence
        .expires_on
        .map(|last| view! { <p>"Holds until "{last.to_string()}"."</p> });
    let reason = licence.reason.clone().map(|reason| view! { <p>"Reason: "{reason}</p> });
    let complete = licence.state.is_some() && licence.number.is_some();
    view! {
        <section class="card">
            <h3>{case.name.clone()}</h3>
            <p><strong>{state}" "{number}</strong>", "{licence.kind.as_str()}", "{licence.status.as_str()}</p>
            {since}{reason}{last}{document}
            {complete.then(|| decision(&base, licence.status))}
        </section>
    }
    .into_any()
}

fn decision(base: &str, status: LicenceStatus) -> AnyView {
    let verify = if status == LicenceStatus::Verified {
        "It still holds"
    } else {
        "Verify"
    };
    view! {
        <form class="form" method="post" action=base.to_owned()>
            {field("reason", "Reason; told to its holder where you refuse", "text", "")}
            {field("expires_on", "Last day, where the register has one", "date", "")}
            <p class="actions">
                <button class="btn btn-primary" type="submit" name="decision" value="verify">{verify}</button>
                <button class="btn btn-danger" type="submit" name="decision" value="refuse">"Refuse"</button>
            </p>
        </form>
    }
    .into_any()
}
