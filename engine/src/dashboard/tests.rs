//! What the first page counts, on both databases.

use chrono::TimeDelta;
use domain::{dashboard::Trend, lead::LeadForm};

use super::dashboard;
use crate::{
    bot, chat,
    db::testing::{TestDb, on_every_db},
    lead, ledger,
    porch::{self, Porch},
    testing::World,
};

on_every_db!(
    counts_move_from_this_month_to_the_one_before,
    spending_is_counted_by_the_month,
    the_realtors_own_questions_are_free_and_counted_nowhere,
);

async fn ask(porch: &Porch) {
    let asked = chat::ask(porch, None, "What is the asking price?").await.unwrap();
    asked.finished().await.unwrap();
}

async fn counts_move_from_this_month_to_the_one_before(db: TestDb) {
    let world = World::new(db).await;
    let (call, other) = (world.realtor("Ana").await, world.realtor("Ben").await);
    let porch = world.porch(&call).await;
    ask(&porch).await;
    world.clock.advance(TimeDelta::days(1));
    ask(&porch).await;
    ask(&porch).await;
    let left = LeadForm {
        name: "Ida Moss".into(),
        email: "ida@example.com".into(),
        ..LeadForm::default()
    };
    lead::leave(&porch, None, &left).await.unwrap();

    let seen = dashboard(&call).await.unwrap();
    assert_eq!(seen.conversations, Trend { now: 3, before: 0 });
    assert_eq!(seen.leads, Trend { now: 1, before: 0 });
    let daily: Vec<(String, i64)> = seen.daily.iter().map(|(day, n)| (day.to_string(), *n)).collect();
    assert_eq!(daily, [("2026-05-04".to_owned(), 1), ("2026-05-05".to_owned(), 2)]);

    // On the thirtieth day after it, the first day is one of the thirty before.
    world.clock.advance(TimeDelta::days(29));
    let seen = dashboard(&call).await.unwrap();
    assert_eq!(seen.conversations, Trend { now: 2, before: 1 });
    assert_eq!(seen.daily.len(), 1);
    world.clock.advance(TimeDelta::days(30));
    let seen = dashboard(&call).await.unwrap();
    assert_eq!(seen.conversations, Trend { now: 0, before: 2 });
    assert_eq!(seen.leads, Trend { now: 0, before: 1 });

    let none = dashboard(&other).await.unwrap();
    assert_eq!((none.conversations, none.leads), (Trend::default(), Trend::default()));
}

async fn spending_is_counted_by_the_month(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let used = async || ledger::balance(&call).await.unwrap().used_this_month.as_milli();
    let bot = 10_000;
    assert_eq!(used().await, bot);
    ask(&porch).await;
    assert_eq!(used().await, bot + 1_000);
    world.clock.advance(TimeDelta::days(31));
    assert_eq!(used().await, 0, "nothing in the new month yet");
    ask(&porch).await;
    ask(&porch).await;
    assert_eq!(used().await, 2_000);
}

async fn the_realtors_own_questions_are_free_and_counted_nowhere(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let buyers = world.porch(&call).await;
    let before = ledger::balance(&call).await.unwrap();
    let own = porch::preview(&call, buyers.bot.id).await.unwrap();
    let asked = chat::ask(&own, None, "What is the asking price?").await.unwrap();
    let told = asked.finished().await.unwrap();
    assert!(told.text.contains("$489,000"), "{}", told.text);
    assert_eq!(ledger::balance(&call).await.unwrap(), before);
    let seen = dashboard(&call).await.unwrap();
    assert_eq!((seen.conversations, seen.recent_questions.len()), (Trend::default(), 0));
    let listed = chat::conversations(&call, false, None, None).await.unwrap();
    assert_eq!(listed.items, []);
    assert_eq!(
        bot::list(&call, None, None).await.unwrap().items[0].conversation_count,
        0
    );
    // Its receipt can be looked up all the same.
    let kept = chat::conversation(&call, asked.conversation).await.unwrap();
    assert_eq!(kept.turns[0].charged_milli, 0);

    ask(&buyers).await;
    assert_eq!(dashboard(&call).await.unwrap().recent_questions.len(), 1);
    assert_eq!(
        chat::conversations(&call, false, None, None).await.unwrap().items.len(),
        1
    );
}
