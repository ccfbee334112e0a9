//! Photos that are sent in, and what is answered from them.

use std::io::Cursor;

use domain::bot::BotStatus;
use image::{ImageFormat, Rgb, RgbImage};

use super::*;
use crate::{config::ProviderConfig, testing::Provider};

on_every_db!(
    a_photo_is_shown_and_answered_from_by_its_description,
    an_ai_describes_a_photo_and_is_named,
    a_photo_that_nobody_describes_costs_nothing,
);

fn photo() -> Bytes {
    let picture = RgbImage::from_fn(600, 400, |x, y| Rgb([x as u8, y as u8, 90]));
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner().into()
}

fn sees(provider: &Provider) -> ProviderConfig {
    ProviderConfig {
        base_url: provider.url(),
        api_key: "of the deployment".into(),
        model: "sees".into(),
    }
}

const QUESTION: &str = "Is the stove gas?";

async fn a_photo_is_shown_and_answered_from_by_its_description(db: TestDb) {
    let world = World::new(db).await;
    world.engine.start().await.unwrap();
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let before = spendable(&call).await;
    let words = "The kitchen has a gas stove with six burners and a soapstone sink.";
    let added = add_file(&call, target(&porch), sent("kitchen.png", photo(), words), None)
        .await
        .unwrap();
    let done = settled(&call, added.id).await;
    assert_eq!((done.state, done.message.as_str()), (SourceState::Ready, ""));
    assert_eq!((done.title.as_str(), done.passage_count), ("kitchen.png", 1));
    assert_eq!(spendable(&call).await, before - 5_000);

    let shown = format!("/photo/{}/0", added.id);
    assert_eq!(source(&call, added.id).await.unwrap().photos, [shown.as_str()]);
    let porch = porch::open(&world.engine, &porch.bot.slug, None).await.unwrap();
    assert!(porch.photos().any(|photo| photo == shown));
    let (copy, is_public) = porch::photo(&world.engine, None, added.id, 0).await.unwrap().unwrap();
    assert!(is_public);
    assert_eq!(image::guess_format(&copy).unwrap(), ImageFormat::Jpeg);
    let told = answer(&porch, QUESTION).await;
    assert_eq!(told.outcome, Outcome::Answered, "{}", told.text);
    assert_eq!(told.citations.first().and_then(|c| c.source_id), Some(added.id));

    // Once it is a draft again, nobody but its own people sees it.
    let ben = world.realtor("Ben").await;
    let draft = bot::BotChange {
        status: Some(BotStatus::Draft),
        ..bot::BotChange::default()
    };
    bot::update(&call, porch.bot.id, draft).await.unwrap();
    for other in [None, Some(&ben)] {
        assert!(porch::photo(&world.engine, other, added.id, 0).await.unwrap().is_none());
    }
    let own = porch::photo(&world.engine, Some(&call), added.id, 0).await.unwrap();
    assert!(own.is_some_and(|(_, is_public)| !is_public));
    bot::publish(&call, porch.bot.id).await.unwrap();

    remove(&call, added.id).await.unwrap();
    for gone in [None, Some(&call)] {
        assert!(porch::photo(&world.engine, gone, added.id, 0).await.unwrap().is_none());
    }
    let porch = porch::open(&world.engine, &porch.bot.slug, None).await.unwrap();
    assert!(porch.photos().all(|photo| photo != shown));
    assert_eq!(answer(&porch, QUESTION).await.outcome, Outcome::Unknown);

    let of_page = sent("page.html", Bytes::from_static(b"<html><p>x"), words);
    let refused = add_file(&call, target(&porch), of_page, None).await;
    assert!(refused.unwrap_err().into_fault().for_field("description").is_some());
}

async fn an_ai_describes_a_photo_and_is_named(db: TestDb) {
    let provider = Provider::start().await;
    let world = World::with(db, |config| config.provider = Some(sees(&provider))).await;
    world.engine.start().await.unwrap();
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let before = spendable(&call).await;
    provider.answers(
        "A kitchen with a gas stove and a soapstone sink. It is worth 900,000 dollars. Perfect for young families.",
    );
    let added = add_file(&call, target(&porch), sent("kitchen.png", photo(), ""), None)
        .await
        .unwrap();
    let done = settled(&call, added.id).await;
    assert_eq!(done.state, SourceState::Ready, "{}", done.message);
    assert!(
        done.message.contains("An AI has described this photo"),
        "{}",
        done.message
    );
    assert_eq!((done.fact_count, done.passage_count), (0, 1));
    assert_eq!(spendable(&call).await, before - 5_000);
    let found = source(&call, added.id).await.unwrap();
    let passage = &found.passages[0];
    assert_eq!(passage.text, "A kitchen with a gas stove and a soapstone sink.");
    assert_eq!(passage.heading.as_deref(), Some("What an AI sees on a photo (sees)"));
    let asked = provider.take();
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].contains("data:image/jpeg;base64,/9j/"),
        "the small copy is sent"
    );
}

async fn a_photo_that_nobody_describes_costs_nothing(db: TestDb) {
    let provider = Provider::start().await;
    provider.says(
        400,
        &serde_json::json!({ "error": { "message": "This model sees no images" } }),
    );
    let world = World::with(db, |config| config.provider = Some(sees(&provider))).await;
    world.engine.start().await.unwrap();
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let before = spendable(&call).await;
    let cut = photo().slice(..700);
    for (bytes, words, reason) in [
        (photo(), "", "with a description"),
        (cut, "The kitchen has a gas stove.", "damaged"),
    ] {
        let added = add_file(&call, target(&porch), sent("kitchen.png", bytes, words), None)
            .await
            .unwrap();
        let done = settled(&call, added.id).await;
        assert_eq!(done.state, SourceState::Failed);
        assert!(done.message.contains(reason), "{}", done.message);
        assert_eq!(spendable(&call).await, before);
        assert!(
            porch::photo(&world.engine, Some(&call), added.id, 0)
                .await
                .unwrap()
                .is_none()
        );
    }
    assert_eq!(provider.take().len(), 1, "a damaged photo is sent to nobody");
}
