//! Surfaces: cards, figures, the head of a page.

use leptos::prelude::*;

/// A raised surface. With a `title` it is a section of the page.
#[component]
pub fn Card(
    #[prop(optional)] title: &'static str,
    /// Beside the title: a link or a small button.
    #[prop(optional, into)]
    action: ViewFn,
    #[prop(optional)] class: &'static str,
    children: Children,
) -> impl IntoView {
    let head = (!title.is_empty()).then(|| {
        view! {
            <div class="card-head">
                <h2>{title}</h2>
                {action.run()}
            </div>
        }
    });
    view! { <section class=format!("card {class}")>{head}{children()}</section> }.into_any()
}

/// One figure of the last 30 days with its change against the 30 days before, `None` where there is no such thing.
#[component]
pub fn StatCard(
    label: &'static str,
    #[prop(into)] value: String,
    /// `+12 against the 30 days before`
    #[prop(optional, into)]
    note: String,
    #[prop(optional, into)] href: Option<String>,
) -> impl IntoView {
    let label = match href {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => label.into_any(),
    };
    view! {
        <div class="stat">
            <dt>{label}</dt>
            <dd>
                <span class="stat-value">{value}</span>
                {(!note.is_empty()).then(|| view! { <span class="stat-note">{note}</span> })}
            </dd>
        </div>
    }
    .into_any()
}

/// The head of every page: its one `h1`, one line on what it is for, and the primary action as children.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: String,
    /// The way back up: address and name of the list this came from.
    #[prop(optional)]
    up: Option<(&'static str, &'static str)>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <leptos_meta::Title text=title.clone()/>
        <header class="page-head">
            <div>
                {up.map(|(href, name)| view! { <a class="up" href=href>{name}</a> })}
                <h1>{title}</h1>
                {(!lead.is_empty()).then(|| view! { <p>{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="page-action">{children()}</div> })}
        </header>
    }
    .into_any()
}
