//! The house: band, price and address, four facts in the open and the rest behind one tap, and whose page this is.

use domain::{
    fact::{FactKey, FactValue},
    training::StoredFact,
};
use leptos::prelude::*;

use super::{
    Visit,
    chat::typed,
    icons::{self, icon},
    view::{View, origin},
};

/// Fields that have a place of their own on the page, or that tell a buyer nothing.
const ELSEWHERE: &[FactKey] = &[
    FactKey::Title,
    FactKey::Address,
    FactKey::City,
    FactKey::Region,
    FactKey::PostalCode,
    FactKey::Country,
    FactKey::Latitude,
    FactKey::Longitude,
    FactKey::Description,
    FactKey::AgentName,
    FactKey::AgentCompany,
];

/// The band in the brand's colour, the price and the address.
pub(super) fn hero(view: &View, visit: &Visit) -> impl IntoView + use<> {
    let price = view.fact(FactKey::Price);
    let status = match view.fact(FactKey::Status).as_deref() {
        Some("pending") => Some("Sale pending"),
        Some("sold") => Some("Sold"),
        _ => None,
    };
    let rent = view
        .fact(FactKey::Offer)
        .is_some_and(|offer| offer == "rent")
        .then_some("For rent");
    let badge = |text: &'static str| view! { <span class="badge">{text}</span> };
    let logo = view.logo.clone().map(|src| {
        let alt = view.organization.clone();
        view! { <img class="logo" src=src alt=alt height="40"/> }
    });
    let picture = match view.photos.is_empty() {
        true => view! { <div class="hero">{logo}{icons::house()}</div> }.into_any(),
        false => view! { <div class="hero seen">{logo}{photos(view)}</div> }.into_any(),
    };
    let place = (!view.place.is_empty()).then(|| view! { <span class="place" dir="auto">{view.place.clone()}</span> });
    view! {
        <header>
            {picture}
            <div class="headline">
                {(price.is_some() || status.is_some() || rent.is_some()).then(|| view! {
                    <p class="price">{price}{rent.map(badge)}{status.map(badge)}</p>
                })}
                <h1><span dir="auto" data-typed=typed(visit, "address")>{view.street.clone()}</span>{place}</h1>
            </div>
        </header>
    }
}

/// A strip to push along with a finger. Only the first photo is loaded before it is looked for.
fn photos(view: &View) -> impl IntoView + use<> {
    let count = view.photos.len();
    let photo = |(n, src): (usize, &String)| {
        let alt = format!("Photo {} of {count} of {}", n + 1, view.subject);
        let loading = if n == 0 { "eager" } else { "lazy" };
        view! { <li><img src=src.clone() alt=alt loading=loading decoding="async" width="960" height="640"/></li> }
    };
    let photos: Vec<_> = view.photos.iter().enumerate().map(photo).collect();
    view! { <ul class="photos" aria-label="Photos" tabindex="0">{photos}</ul> }
}

/// Four facts as icons with words, the others in a table with their source.
pub(super) fn facts(view: &View) -> impl IntoView + use<> {
    let many = |text: &str, one: &str, more: &str| format!("{text} {}", if text == "1" { one } else { more });
    let area = |text: String| match text.chars().any(char::is_alphabetic) {
        true => text,
        false => format!("{text} living area"),
    };
    let four = [
        (
            icons::BED,
            view.fact(FactKey::Bedrooms).map(|n| many(&n, "bed", "beds")),
        ),
        (
            icons::BATH,
            view.fact(FactKey::Bathrooms).map(|n| many(&n, "bath", "baths")),
        ),
        (icons::AREA, view.fact(FactKey::LivingArea).map(area)),
        (
            icons::YEAR,
            view.fact(FactKey::YearBuilt).map(|year| format!("Built {year}")),
        ),
    ];
    let four = four
        .into_iter()
        .filter_map(|(paths, text)| text.map(|text| (paths, text)));
    let four: Vec<_> = four
        .map(|(paths, text)| view! { <li>{icon(paths)}<span dir="auto">{text}</span></li> })
        .collect();
    let headline = (!four.is_empty()).then(|| view! { <ul class="four" aria-label="At a glance">{four}</ul> });
    view! { {headline}{more(view)} }
}

fn more(view: &View) -> Option<impl IntoView + use<>> {
    let about = view
        .facts
        .iter()
        .find(|stored| stored.fact.key == FactKey::Description)
        .map(|stored| {
            view! { <p class="about" dir="auto">{stored.fact.display()}</p> }
        });
    let listed = view.facts.iter().filter(|stored| !ELSEWHERE.contains(&stored.fact.key));
    let rows: Vec<_> = listed.map(|stored| row(stored, &view.realtor)).collect();
    if rows.is_empty() && about.is_none() {
        return None;
    }
    let table = (!rows.is_empty()).then(|| {
        view! {
            <table>
                <caption class="sr">"What is on record about this home"</caption>
                <thead class="sr"><tr><th scope="col">"Fact"</th><th scope="col">"Value and source"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    Some(view! { <details class="more"><summary>"All facts and their sources"</summary>{about}{table}</details> })
}

fn row(stored: &StoredFact, realtor: &str) -> impl IntoView + use<> {
    let value = match (&stored.fact.key, &stored.fact.value) {
        (_, FactValue::List { items }) => {
            let items = items
                .iter()
                .map(|item| view! { <li dir="auto">{item.clone()}</li> })
                .collect::<Vec<_>>();
            view! { <ul>{items}</ul> }.into_any()
        }
        (FactKey::Status | FactKey::Offer, FactValue::Text { text }) => {
            let mut letters = text.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            let text: String = first.chain(letters).collect();
            view! { <span dir="auto">{text}</span> }.into_any()
        }
        _ => view! { <span dir="auto">{stored.fact.display()}</span> }.into_any(),
    };
    let name = stored.fact.name().to_owned();
    view! {
        <tr>
            <th scope="row" dir="auto">{name}</th>
            <td>{value}<small dir="auto">{origin(stored, realtor)}</small></td>
        </tr>
    }
}

/// The realtor's name, brokerage and licence: always in the open.
pub(super) fn identity(view: &View) -> impl IntoView + use<> {
    let license = view
        .license
        .clone()
        .map(|text| view! { ", "<span dir="auto">{text}</span> });
    view! {
        <footer class="identity">
            <p><strong dir="auto">{view.realtor.clone()}</strong>{license}", "<span dir="auto">{view.organization.clone()}</span></p>
        </footer>
    }
}
