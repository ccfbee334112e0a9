//! The porch: the buyer's page. Made on the server as plain HTML; `porch.js` adds streaming where it runs.
//!
//! Nothing here is hydrated and nothing needs a router, so the page works before any script has arrived and costs
//! no WASM. Whatever a realtor, a source or a buyer wrote is set as text and can never become markup.
#![cfg(feature = "ssr")]

mod chat;
mod home;
mod icons;
mod lead;
mod me;
mod shell;
mod suggest;
mod view;

use domain::{Fault, chat::Turn, lead::LeadForm};
use engine::porch::Porch;
use leptos::prelude::*;

pub use me::me;
pub use view::View;

/// How a porch is shown to one visitor.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The short name of the code that led here; echoed in every form and link of the page.
    pub code: Option<String>,
    /// The nonce of this response's content security policy; empty leaves the attribute out.
    pub nonce: String,
    /// Shown to the realtor: with a ribbon, and kept out of search engines.
    pub preview: bool,
    /// Where the forms are sent, without a trailing slash. Empty means `/p/{slug}`.
    pub base: String,
    /// The question as typed, with what is wrong with it.
    pub asked: Option<(String, Fault)>,
    /// What was typed into the form for the realtor.
    pub lead: LeadForm,
    /// What is wrong with it.
    pub lead_fault: Option<Fault>,
    /// The form for the realtor was sent just now.
    pub lead_sent: bool,
}

/// The whole page: `turns` is the visitor's own conversation so far, oldest first.
pub fn page(porch: &Porch, turns: &[Turn], visit: &Visit) -> String {
    render(&View::of(porch), turns, visit)
}

/// The page of a view that was made by hand or of an open porch.
pub fn render(view: &View, turns: &[Turn], visit: &Visit) -> String {
    let base = if visit.base.is_empty() {
        format!("/p/{}", view.slug)
    } else {
        visit.base.clone()
    };
    let body = view! {
        {shell::ribbon(visit.preview)}
        <main class="page">
            {home::hero(view, visit)}
            {home::facts(view)}
            {chat::conversation(view, turns, visit, &base)}
            {lead::section(view, turns, visit, &base)}
            {home::identity(view)}
            {chat::composer(view, visit, &base)}
        </main>
    };
    shell::document(&shell::Head::of(view, visit), body)
}

/// The friendly end of an address that leads nowhere (any more).
pub fn lost(nonce: &str) -> String {
    shell::notice(
        nonce,
        "There is nothing here",
        "The page behind this sign is not open yet, has been taken down, or the address was mistyped. Nothing is wrong with \
         your phone. Try to scan the sign again, or call the number on it.",
    )
}

/// An error a visitor can do nothing about; `text` says what happened and what to do.
pub fn trouble(nonce: &str, text: &str) -> String {
    shell::notice(nonce, "This page cannot be shown right now", text)
}

#[cfg(test)]
mod tests;
