//! The pages of the platform's own people. Made on the server as plain HTML: nothing of it is in the browser's program, and
//! none of it needs a script.
#![cfg(feature = "ssr")]

mod enter;
mod organization;
mod words;

use domain::{
    Fault,
    operator::{Health, Overview},
    page::Page,
};
use leptos::prelude::*;

pub use enter::{set_up, sign_in};
pub use organization::{Shown, organization};
pub use words::{conversation, conversations, leads};

use crate::fns::when::{When, day};

/// What stands around a page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The address of the style sheet.
    pub css: String,
    /// Who is signed in.
    pub operator: Option<String>,
    pub now: chrono::DateTime<chrono::Utc>,
}

impl Frame {
    /// How long ago, and exactly when one points at it.
    fn when(&self, at: chrono::DateTime<chrono::Utc>) -> AnyView {
        let when = When::new(at, self.now);
        view! { <time datetime=when.machine() title=when.exact.clone()>{when.ago.clone()}</time> }.into_any()
    }
}

/// A whole HTML document.
fn document(frame: &Frame, title: &str, body: AnyView) -> String {
    let bar = frame.operator.clone().map(|name| {
        view! {
            <nav aria-label="Operators" class="actions">
                <a href="/operator">"Organizations"</a>
                <span class="muted">{name}</span>
                <form method="post" action="/operator/sign-out"><button class="btn btn-quiet" type="submit">"Sign out"</button></form>
            </nav>
        }
    });
    let html = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <title>{format!("{title} · Porchlight operators")}</title>
                <link rel="stylesheet" href=frame.css.clone()/>
            </head>
            <body>
                <div class="plain">
                    {bar}
                    <main class="card" id="main"><h1>{title.to_owned()}</h1>{body}</main>
                </div>
            </body>
        </html>
    };
    format!("<!DOCTYPE html>{}", html.to_html())
}

/// What is wrong with what was sent.
fn said(fault: Option<&Fault>) -> Option<AnyView> {
    let fault = fault?;
    let fields = fault
        .fields
        .iter()
        .map(|field| format!("{}: {}", field.name(), field.message));
    let rows: Vec<_> = match fault.fields.is_empty() {
        true => vec![fault.message.clone()],
        false => fields.collect(),
    };
    let rows = rows.into_iter().map(|row| view! { <p>{row}</p> }).collect_view();
    Some(view! { <div class="banner bad" role="alert"><div>{rows}</div></div> }.into_any())
}

/// A line of a form: its name, its label, its type and what is in it.
fn field(name: &'static str, label: &'static str, kind: &'static str, value: &str) -> AnyView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type=kind value=value.to_owned() autocomplete="off"/>
        </div>
    }
    .into_any()
}

/// The way to the next page of a list.
fn more(base: &str, next: Option<&str>) -> Option<AnyView> {
    let href = format!("{base}?after={}", next?);
    Some(view! { <p><a href=href>"Earlier ones"</a></p> }.into_any())
}

/// How the platform is, and its organizations.
pub fn home(frame: &Frame, health: Health, page: &Page<Overview>) -> String {
    let row = |it: &Overview| {
        let last = it.last_seen.map_or_else(|| "never".into_any(), |at| frame.when(at));
        view! {
            <tr>
                <th scope="row"><a href=format!("/operator/organizations/{}", it.id)>{it.name.clone()}</a></th>
                <td>{it.plan.clone()}</td>
                <td>{day(it.created_at)}</td>
                <td>{it.members}</td>
                <td>{format!("{} of {}", it.published, it.bots)}</td>
                <td>{it.conversations}</td>
                <td>{it.leads}</td>
                <td>{it.failed_jobs}</td>
                <td>{last}</td>
            </tr>
        }
    };
    let rows = page.items.iter().map(row).collect_view();
    let body = view! {
        <h2>"Health"</h2>
        <ul>
            <li>{health.organizations}" organizations"</li>
            <li>{health.waiting_jobs}" jobs wait or run, "{health.failed_jobs}" were given up"</li>
            <li>{health.waiting_letters}" letters wait, "{health.failed_letters}" were given up"</li>
            <li>{health.licences}" licences wait for somebody to look"</li>
        </ul>
        <h2>"Organizations"</h2>
        <table class="table">
            <thead><tr>
                <th scope="col">"Name"</th><th scope="col">"Plan"</th><th scope="col">"Since"</th><th scope="col">"People"</th>
                <th scope="col">"Bots open"</th><th scope="col">"Conversations"</th><th scope="col">"Leads"</th>
                <th scope="col">"Failed jobs"</th><th scope="col">"Last seen"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {more("/operator", page.next.as_deref())}
    };
    document(frame, "Organizations", body.into_any())
}
