//! What a porch is opened with, on both databases.

use domain::qr::CodeForm;

use super::*;
use crate::{
    bot::{self, BotChange},
    chat,
    db::testing::{TestDb, on_every_db},
    qr,
    testing::World,
};

on_every_db!(a_change_is_seen_at_the_next_look);

async fn a_change_is_seen_at_the_next_look(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let form = CodeForm {
        bot_id: porch.bot.id.to_string(),
        ..CodeForm::default()
    };
    let code = qr::create(&call, &form).await.unwrap();
    let look = async || open_code(&world.engine, &code.slug).await;

    // Turns change nothing that a porch shows.
    let first = look().await.unwrap();
    let asked = chat::ask(&first, None, "What is the asking price?").await.unwrap();
    asked.finished().await.unwrap();
    assert!(Arc::ptr_eq(&first.bot, &look().await.unwrap().bot));

    let named = BotChange {
        name: Some("Elm Street, furnished".into()),
        ..BotChange::default()
    };
    bot::update(&call, porch.bot.id, named).await.unwrap();
    assert_eq!(look().await.unwrap().bot.name, "Elm Street, furnished");
    organization::set_brand(&call, "#204060", None).await.unwrap();
    assert_eq!(look().await.unwrap().realtor.colour, "#204060");
    qr::delete(&call, code.id).await.unwrap();
    assert!(look().await.is_err());
    bot::delete(&call, porch.bot.id).await.unwrap();
    assert!(open(&world.engine, &porch.bot.slug, None).await.is_err());
}
