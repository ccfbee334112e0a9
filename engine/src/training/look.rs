//! Photos that are sent in: shown on the porch, and answered from by what somebody says that they show.
//!
//! That is their sender, whose words are read like any pasted text, or an AI that sees images. What such an AI says is no record
//! of the house: its sentences become passages that name it, never facts, and those with a number, or with what advertising of
//! homes must not say, are left out.

use std::sync::Arc;

use bytes::Bytes;
use domain::{id::OrganizationId, training::Source};

use super::{
    extract::{self, Extract, PassageText},
    photos,
    run::{Read, Refusal, progress},
    store::WorkItem,
};
use crate::{
    Engine, Error, api_configuration, bot,
    guard::{fact_lock::Sentences, fair_housing},
};

/// The longest account of a photo that is kept, in characters: one passage.
const ACCOUNT_MAX: usize = 900;

/// What is said to the realtor of a photo that an AI has described.
const BY_AI: &str = "An AI has described this photo. Read what it says, and remove it if it is not so.";

/// A photo, kept as a small copy, with the passages that its description makes.
pub(super) async fn read(
    engine: &Engine,
    organization: OrganizationId,
    item: &WorkItem,
    bytes: Bytes,
) -> Result<Read, Error> {
    let source = &item.source;
    let drawn = tokio::task::spawn_blocking(move || photos::redrawn(&bytes)).await;
    let drawn = drawn.map_err(|error| Error::Broken(format!("drawing the photo of source {}: {error}", source.id)))?;
    let small = match drawn {
        Ok(small) => small,
        Err(reason) => return Ok(Err(Refusal(reason.to_string()))),
    };
    let said = match &item.description {
        Some(words) => own_words(words).map(|extract| (extract, "")),
        None => by_ai(engine, organization, source, &small)
            .await?
            .map(|extract| (extract, BY_AI)),
    };
    let (extract, note) = match said {
        Ok(said) => said,
        Err(refusal) => return Ok(Err(refusal)),
    };
    engine.files().put_photo(organization, source.id, 0, &small).await?;
    let images = vec![photos::place_of(source.id, 0)];
    Ok(Ok((Extract { images, ..extract }, note)))
}

/// The sender's words, as any text of theirs; the photo keeps its file's name.
fn own_words(words: &str) -> Result<Extract, Refusal> {
    let extract = extract::plain(words).map_err(|error| Refusal(error.to_string()))?;
    Ok(Extract {
        title: String::new(),
        ..extract
    })
}

async fn by_ai(
    engine: &Engine,
    organization: OrganizationId,
    source: &Source,
    small: &Bytes,
) -> Result<Result<Extract, Refusal>, Error> {
    progress(engine, organization, source.id, 60, "Having an AI look at it").await?;
    let mut tx = engine.db().read(organization).await?;
    let model = bot::model(&mut tx, organization, source.bot_id).await?;
    drop(tx);
    let own = match model {
        Some(model) => api_configuration::engine_of(engine, organization, &model).await,
        None => None,
    };
    let ai = own.unwrap_or_else(|| Arc::clone(engine.answers().first()));
    let said = match ai.describe(small).await {
        Ok(said) => said,
        Err(error) => {
            tracing::info!(source.id = %source.id, "The photo of source `{}` was not described: {}", source.id, error.0);
            let text =
                "No AI could describe this photo. Send it again with a description: say in a few words what it shows.";
            return Ok(Err(Refusal(text.into())));
        }
    };
    let text = sayable(&said);
    if text.is_empty() {
        let text =
            "An AI saw nothing on this photo that a buyer could be told. Send it again with a description of your own.";
        return Ok(Err(Refusal(text.into())));
    }
    let passage = PassageText {
        heading: Some(format!("What an AI sees on a photo ({})", ai.name())),
        text: text.clone(),
        start: 0,
    };
    Ok(Ok(Extract {
        text,
        passages: vec![passage],
        ..Extract::default()
    }))
}

/// The sentences of an account that may be told.
fn sayable(said: &str) -> String {
    let mut sentences = Sentences::default();
    let mut all: Vec<String> = sentences
        .push(&said.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    all.extend(sentences.finish());
    let mut text = String::new();
    for sentence in all {
        let sentence = sentence.trim();
        let counts = sentence.chars().any(char::is_numeric);
        let long = text.chars().count() + sentence.chars().count() >= ACCOUNT_MAX;
        if sentence.is_empty() || counts || long || fair_housing::answer(sentence).is_some() {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(sentence);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_judgements_are_left_out() {
        let said = "A kitchen with\nwhite cabinets and a gas stove. It has 200 square feet. Perfect for young families! \
            A window looks onto a garden.";
        assert_eq!(
            sayable(said),
            "A kitchen with white cabinets and a gas stove. A window looks onto a garden."
        );
        assert_eq!(sayable("Worth $500,000."), "");
        assert!(sayable(&"A door. ".repeat(500)).chars().count() <= ACCOUNT_MAX);
    }
}
