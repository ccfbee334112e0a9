//! What a porch shows, taken out of the engine's open porch: domain types only.

use domain::{
    brand::{self, Palette},
    fact::{FactKey, FactMethod},
    text::HexColour,
    training::StoredFact,
};
use engine::porch::Porch;

/// Photos on the page, the most.
const PHOTOS: usize = 8;

/// Everything the page needs to know of a porch.
#[derive(Clone, Debug)]
pub struct View {
    pub slug: String,
    pub bot_name: String,
    pub greeting: String,
    pub disclaimer: String,
    /// The address of the property, or the bot's name.
    pub subject: String,
    /// The first line of the subject, large, and the rest of it.
    pub street: String,
    pub place: String,
    pub facts: Vec<StoredFact>,
    pub realtor: String,
    pub organization: String,
    /// What stands after the realtor's name: `licensed real-estate agent, Illinois licence 475.123456`.
    pub license: Option<String>,
    /// Same-origin address of the logo.
    pub logo: Option<String>,
    /// Same-origin addresses of photos, the main one first.
    pub photos: Vec<String>,
    pub palette: Palette,
    /// False when the bot is paused.
    pub answers: bool,
}

impl View {
    pub fn of(porch: &Porch) -> Self {
        let realtor = &porch.realtor;
        let (street, place) = match &porch.property {
            Some(property) => (property.address.clone(), property.full_address()),
            None => (porch.bot.name.clone(), String::new()),
        };
        let place = place
            .strip_prefix(street.as_str())
            .map(|rest| rest.trim_start_matches(", ").to_owned());
        Self {
            slug: porch.bot.slug.clone(),
            bot_name: porch.bot.name.clone(),
            greeting: porch.bot.conversation.greeting.clone(),
            disclaimer: porch.bot.conversation.disclaimer.clone(),
            subject: porch.subject(),
            street,
            place: place.unwrap_or_default(),
            facts: porch.facts().to_vec(),
            realtor: realtor.name.clone(),
            organization: realtor.organization.clone(),
            license: realtor.license.clone(),
            logo: realtor.has_logo.then(|| format!("/logo/{}", realtor.organization_slug)),
            photos: porch.photos().take(PHOTOS).map(str::to_owned).collect(),
            palette: porch.palette(),
            answers: porch.answers(),
        }
    }

    /// The value on record for a field, as a person reads it.
    pub(super) fn fact(&self, key: FactKey) -> Option<String> {
        let found = self.facts.iter().find(|stored| stored.fact.key == key)?;
        Some(found.fact.display()).filter(|text| !text.trim().is_empty())
    }

    pub(super) fn has(&self, key: FactKey) -> bool {
        self.fact(key).is_some()
    }

    /// The realtor's first name, for short buttons.
    pub(super) fn first_name(&self) -> &str {
        self.realtor.split_whitespace().next().unwrap_or("the realtor")
    }
}

/// Where a fact comes from, in a buyer's words.
pub(super) fn origin(stored: &StoredFact, realtor: &str) -> String {
    let quote = stored.fact.span.quote.trim();
    match stored.fact.method {
        FactMethod::Realtor => format!("Entered by {realtor}"),
        _ if quote.is_empty() => "From the listing".into(),
        _ => format!("From the listing: “{quote}”"),
    }
}

/// The brand's colour as text on a light surface, darkened until it reads at 4.5:1.
pub(super) fn on_light(palette: &Palette, surface: [u8; 3]) -> String {
    readable(palette, surface, |channel| channel - channel / 16 - channel.min(1))
}

/// The brand's colour as text on a dark surface, lightened until it reads at 4.5:1.
pub(super) fn on_dark(palette: &Palette, surface: [u8; 3]) -> String {
    readable(palette, surface, |channel| {
        channel.saturating_add((255 - channel) / 12 + 1)
    })
}

/// Takes steps from the brand's fill until it reads; `step` must end at black or white.
fn readable(palette: &Palette, surface: [u8; 3], step: fn(u8) -> u8) -> String {
    let mut colour = palette
        .fill
        .parse::<HexColour>()
        .map_or([128; 3], |fill| brand::rgb(&fill));
    while brand::contrast(colour, surface) < 4.5 {
        colour = colour.map(step);
    }
    let [r, g, b] = colour;
    format!("#{r:02x}{g:02x}{b:02x}")
}
