//! From a listing page to facts, text and photos.
//!
//! Every source that a page has is read by general means: JSON-LD, microdata, tags in the head, state
//! in scripts, tables and lists, titles and short lines. Each states a fact with a trust; [`choose`]
//! weighs them, and a field whose sources contradict each other is left out: missing beats wrong.
//! What a person cannot see is taken out first, and what is not about this property (navigation,
//! forms, similar properties) is told apart from what is.

mod address;
mod bytes;
mod choose;
mod clean;
mod coords;
mod css;
mod datum;
pub mod eval;
mod fold;
mod found;
mod guard;
mod headline;
mod hints;
mod images;
mod jsonld;
mod keys;
mod kinds;
mod labels;
mod lists;
mod literal;
mod marked;
mod meta;
mod microdata;
mod money;
mod neighbours;
mod number;
mod page;
mod pairs;
mod passages;
mod pick;
mod plain;
mod region;
mod scripts;
mod sentence;
mod state;
mod strip;
mod surround;
mod units;
mod values;
mod visible;
mod wall;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use domain::fact::{Fact, FactKey, FactMethod, FactValue};
use scraper::Html;

pub use passages::PassageText;

use fold::fold;
use found::{Found, trust};
use meta::Head;
use page::Page;

/// What one source says.
#[derive(Clone, Debug, Default)]
pub struct Extract {
    pub title: String,
    /// Primary language, such as `en`.
    pub language: Option<String>,
    /// At most one fact a key, except [`FactKey::Other`], which is one a label.
    pub facts: Vec<Fact>,
    /// All words that a person sees, one line of the page a line.
    pub text: String,
    /// The text about the property in pieces of 200 to 900 characters.
    pub passages: Vec<PassageText>,
    /// Photos, the main one first, at most 30.
    pub images: Vec<String>,
    /// Pieces that a person cannot see and that were taken out: hidden elements, comments, scripts, invisible characters.
    pub removed: u32,
}

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// The site showed something else than the listing.
    #[error("{reason}")]
    Wall { reason: String },
    #[error("The page holds no text. Check the file or the address, or paste the listing's text.")]
    Empty,
    #[error("This is not a web page. Save the listing as HTML, or upload the document as PDF, DOCX or TXT.")]
    NotHtml,
    #[error("The page is larger than 6 MB. Save only the listing itself, or paste its text.")]
    TooLarge,
}

/// Reads a web page. `content_type` is the header it came with, `base` the address it came from.
pub fn html(bytes: &[u8], content_type: Option<&str>, base: Option<&str>) -> Result<Extract, ExtractError> {
    let markup = bytes::decode(bytes, content_type)?;
    if !markup.contains('<') {
        return Err(ExtractError::NotHtml);
    }
    let markup = guard::tame(&markup);
    let doc = Html::parse_document(&markup);
    let mut head = Head::read(&doc, base);
    let page = Page::read(&doc);
    let text = page.text();
    let folded = fold(&text);
    speak(&mut head, &folded);

    let listing = jsonld::read(&doc, &head);
    let scripts = scripts::texts(&doc);
    let roots = scripts::roots(&doc, &scripts);
    country_of(&mut head, &listing.found);
    let state = state::read(&roots, &head, &anchors(&head, &page));
    let micro = microdata::read(&doc, &page, &head);

    let mut found = listing.found;
    let stated = found.len() + state.found.len() + micro.found.len();
    if let Some(reason) = wall::reason(&doc, &page, &head, &markup, stated) {
        return Err(ExtractError::Wall {
            reason: reason.to_owned(),
        });
    }
    if folded.is_empty() && stated == 0 {
        return Err(ExtractError::Empty);
    }
    found.extend(state.found);
    found.extend(micro.found);
    found.extend(meta::facts(&head));
    found.extend(pairs::read(&doc, &page, &head.hints));
    found.extend(headline::read(&doc, &page, &head));
    found.extend(from_path(&head));
    found.extend(plain::stated(&page, &head.hints));
    let listed = found
        .iter()
        .any(|f| matches!(f.key, FactKey::Price | FactKey::Bedrooms | FactKey::Address) && f.trust > trust::HINT);
    if listed
        && !found
            .iter()
            .any(|f| f.key == FactKey::Latitude && f.trust > trust::CHIP)
    {
        found.extend(coords::read(&doc, &page, &scripts, &state.places));
    }
    described(&page, &folded, &mut found);
    let title = title(&head, &page);
    found.push(Found::new(
        FactKey::Title,
        FactValue::text(title.clone()),
        FactMethod::Text,
        trust::DATA,
        &title,
        "title",
    ));
    found.retain(|f| f.key != FactKey::Title || f.text() == title && !title.is_empty());

    let visible: HashSet<String> = folded.split(' ').map(str::to_owned).collect();
    let stated_images: Vec<String> = listing
        .images
        .into_iter()
        .chain(micro.images)
        .chain(state.images)
        .collect();
    let images = images::collect(&doc, &page, &head, &stated_images);
    let facts = choose::settle(found, &visible, &head.hints);
    Ok(Extract {
        title,
        language: head.hints.language.clone(),
        facts,
        passages: passages::of_page(&page),
        text,
        images,
        removed: page.removed,
    })
}

/// Reads text without markup: pasted, from a TXT file, or taken out of a PDF or DOCX.
pub fn plain(text: &str) -> Result<Extract, ExtractError> {
    plain::read(text)
}

/// Where the page does not name its language, its words do.
fn speak(head: &mut Head, folded: &str) {
    let guess = hints::guess_language(folded).map(str::to_owned);
    // Templates often say "en" on pages of any language; the words know better.
    let template = head.hints.language.as_deref() == Some("en") && guess.as_deref().is_some_and(|g| g != "en");
    if !head.tagged || template {
        head.hints.language = guess.or_else(|| head.hints.language.take());
    }
}

/// The country of the property outranks that of the site.
fn country_of(head: &mut Head, found: &[Found]) {
    let stated = found
        .iter()
        .find(|f| f.key == FactKey::Country)
        .and_then(|f| hints::country(f.text()));
    let us = found
        .iter()
        .any(|f| f.key == FactKey::Region && address::region_code(f.text()).is_some())
        && found.iter().any(|f| {
            f.key == FactKey::PostalCode && f.text().len() == 5 && f.text().bytes().all(|b| b.is_ascii_digit())
        });
    head.hints.country = stated.or(head.hints.country).or(us.then_some("US"));
}

/// What the page calls itself.
fn anchors(head: &Head, page: &Page) -> Vec<String> {
    let mut all: Vec<String> = head.titles().into_iter().map(|(_, t)| t.to_owned()).collect();
    all.extend(page.main.map(|m| page.lines[m as usize].text.clone()));
    all
}

/// "for-sale" or "alquiler" in the page's own address.
fn from_path(head: &Head) -> Option<Found> {
    let english = head.hints.speaks(&["en"]) || head.hints.language.is_none();
    let url = head.addresses.iter().rev().find(|u| u.path().len() > 1)?;
    let offer = kinds::offer_in_title(&fold(&url.path().replace(['_', '-', '/'], " ")), english)?;
    Some(Found::new(
        FactKey::Offer,
        FactValue::text(offer),
        FactMethod::Meta,
        trust::HINT,
        url.path(),
        "address of the page",
    ))
}

/// The main heading where it says something, else the document's title.
fn title(head: &Head, page: &Page) -> String {
    let heading = page
        .main
        .map(|m| page.lines[m as usize].text.clone())
        .unwrap_or_default();
    let document = head.titles().first().map(|(_, t)| (*t).to_owned()).unwrap_or_default();
    let telling = heading.split_whitespace().count() >= 4
        || heading.bytes().any(|b| b.is_ascii_digit()) && heading.split_whitespace().count() >= 2;
    let chosen = if telling || document.is_empty() {
        heading
    } else {
        document
    };
    fold::clip(&chosen, 200)
}

/// Description and features: from the page where it shows them, else from data that it does not contradict.
fn described(page: &Page, folded: &str, found: &mut Vec<Found>) {
    if let Some((text, heading)) = passages::description(page) {
        found.push(Found::new(
            FactKey::Description,
            FactValue::text(text.clone()),
            FactMethod::Text,
            trust::CHIP,
            &text,
            if heading.is_empty() {
                "text".to_owned()
            } else {
                format!("text under \"{heading}\"")
            },
        ));
    }
    if let Some((items, heading)) = passages::features(page) {
        let quote = items.join(", ");
        found.push(Found::new(
            FactKey::Features,
            FactValue::List { items },
            FactMethod::Text,
            trust::CHIP,
            &quote,
            format!("list under \"{heading}\""),
        ));
    }
    let words: HashSet<&str> = folded.split(' ').collect();
    let prose = page.about().any(|(_, l)| l.text.chars().count() >= 200);
    found.retain(|f| {
        if f.key != FactKey::Description || matches!(f.method, FactMethod::Text | FactMethod::Table) {
            return true;
        }
        // Unseen words must stand on the page too, unless the page shows no prose at all.
        let text = fold(f.text());
        let all = text.split(' ').count();
        let shown = text.split(' ').filter(|w| words.contains(w)).count();
        shown * 10 >= all * 9 || (!prose && !choose::commands(&text))
    });
}
