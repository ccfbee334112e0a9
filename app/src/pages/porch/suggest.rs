//! Questions to begin with: only such as the facts on record answer.

use domain::{chat::Turn, fact::FactKey};

use super::view::View;

/// How many are offered at a time.
const OFFERED: usize = 3;

/// What buyers ask most beyond the headline comes first; what the page shows in large letters last.
const QUESTIONS: &[(FactKey, &str)] = &[
    (FactKey::HoaFee, "How much is the HOA fee?"),
    (FactKey::Taxes, "How much are the property taxes?"),
    (FactKey::Parking, "What parking is there?"),
    (FactKey::LotArea, "How big is the lot?"),
    (FactKey::Heating, "How is it heated?"),
    (FactKey::Roof, "What is known about the roof?"),
    (FactKey::Pets, "Are pets allowed?"),
    (FactKey::Pool, "Is there a pool?"),
    (FactKey::Basement, "Is there a basement?"),
    (FactKey::Cooling, "Does it have air conditioning?"),
    (FactKey::Flooring, "What are the floors made of?"),
    (FactKey::EnergyRating, "What is the energy rating?"),
    (FactKey::Stories, "How many stories does it have?"),
    (FactKey::YearBuilt, "When was it built?"),
    (FactKey::LivingArea, "How big is the living area?"),
    (FactKey::Features, "What features does it have?"),
    (FactKey::PropertyType, "What type of property is it?"),
    (FactKey::Price, "What is the asking price?"),
    (FactKey::Bedrooms, "How many bedrooms are there?"),
    (FactKey::Bathrooms, "How many bathrooms are there?"),
];

/// Up to three questions whose fact is on record and that were not asked yet.
pub(super) fn questions(view: &View, turns: &[Turn]) -> Vec<&'static str> {
    let asked = |question: &str| {
        turns
            .iter()
            .any(|turn| turn.question.trim().eq_ignore_ascii_case(question))
    };
    let fits = QUESTIONS
        .iter()
        .filter(|(key, question)| view.has(*key) && !asked(question));
    fits.map(|(_, question)| *question).take(OFFERED).collect()
}
