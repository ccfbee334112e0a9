//! Fourth step: what the bot reads.

use leptos::prelude::*;

use super::{
    add_source::{AddPage, AddText, Upload},
    frame::{Below, framed},
    sources::SourceList,
};
use crate::{
    fns::wizard::{Setup, step},
    pages::console::parts::credits,
};

#[component]
pub fn KnowledgePage() -> impl IntoView {
    framed(
        3,
        "What it knows",
        "Give it the listing page, the seller's disclosure, the HOA rules: it answers only from these.",
        body,
    )
}

fn body(setup: Setup) -> AnyView {
    let Setup {
        id,
        property_id,
        source_price,
        property,
        ..
    } = setup;
    let price = format!(
        "Each source that could be read costs {}; one that fails costs nothing.",
        credits(&source_price)
    );
    let (bot, property_of) = (id.clone(), property_id.clone());
    view! {
        <AddPage bot=id.clone() property=property_id.clone() known=property.listing_url/>
        <Upload bot=bot property=property_of/>
        <AddText bot=id.clone() property=property_id/>
        <p class="muted">{price}</p>
        <SourceList bot=id.clone()/>
        <Below id=id.clone() back="property"><a class="btn btn-primary" href=step(&id, "review")>"Go on"</a></Below>
    }
    .into_any()
}
