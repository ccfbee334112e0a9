//! Tables that become cards on a narrow screen.

use leptos::prelude::*;

/// A table with its `columns`' names; rows are `<tr>` of [`Cell`]s. Give every cell its column's name: under 640 px the
/// row is a card and the name stands before the value.
#[component]
pub fn Table(
    /// What the table holds, for screen readers.
    caption: &'static str,
    columns: &'static [&'static str],
    children: Children,
) -> impl IntoView {
    let head = columns
        .iter()
        .map(|name| view! { <th scope="col">{*name}</th> })
        .collect_view();
    view! {
        <table class="table">
            <caption class="sr-only">{caption}</caption>
            <thead>
                <tr>{head}</tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
    .into_any()
}

/// A cell; `number` aligns right with figures of equal width.
#[component]
pub fn Cell(label: &'static str, #[prop(optional)] number: bool, children: Children) -> impl IntoView {
    view! { <td data-label=label class=number.then_some("number")>{children()}</td> }.into_any()
}
