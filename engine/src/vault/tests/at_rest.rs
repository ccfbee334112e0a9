//! Nothing that a buyer wrote or was told stands in the store as it was written, also of what was kept before it was sealed.

use domain::lead::LeadForm;
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::{
    Call, chat, dashboard,
    db::{
        Db, Reach, Ready,
        testing::{TestDb, on_every_db, raw_conn},
    },
    lead, search,
    testing::World,
};

on_every_db!(nothing_a_buyer_wrote_can_be_read, what_was_kept_open_is_sealed_once);

/// Of every text of this test.
const CANARY: &str = "Zanzibar";

/// All that the store holds: the bytes of its files, or each row of each table as text.
async fn everything(db: &Db) -> Vec<u8> {
    let mut tx = db.read(Reach::Everyone).await.unwrap();
    match raw_conn(&mut tx).await {
        Ready::Sqlite(conn, _) => {
            let file = "select file from pragma_database_list where name = 'main'";
            let file: String = conn.fetch_one(file).await.unwrap().get(0);
            let mut bytes = std::fs::read(&file).unwrap();
            bytes.extend(std::fs::read(format!("{file}-wal")).unwrap_or_default());
            bytes
        }
        Ready::Postgres(conn, _) => {
            let tables = "select table_name::text from information_schema.tables where table_schema = 'public'";
            let tables = conn.fetch_all(tables).await.unwrap();
            let mut all = Vec::new();
            for table in tables.iter().map(|row| row.get::<String, _>(0)) {
                let rows = AssertSqlSafe(format!("select t::text from \"{table}\" t"));
                let rows = conn.fetch_all(rows).await.unwrap();
                rows.iter()
                    .for_each(|row| all.extend(row.get::<String, _>(0).into_bytes()));
            }
            all
        }
    }
}

async fn has_canary(db: &Db) -> bool {
    let all = everything(db).await;
    assert!(all.windows(9).any(|part| part == b"Elm Stree"), "the store was read");
    all.windows(CANARY.len()).any(|part| part == CANARY.as_bytes())
}

fn left() -> LeadForm {
    LeadForm {
        name: format!("Ida {CANARY}"),
        email: format!("ida@{CANARY}.example.com"),
        phone: "555 010 2000".into(),
        message: format!("Sell me {CANARY}"),
    }
}

/// Every list and search shows it as it was written.
async fn is_shown(call: &Call) {
    let found = chat::conversations(call, false, None, None).await.unwrap().items;
    assert!(found[0].first_question.contains(CANARY));
    let whole = chat::conversation(call, found[0].id).await.unwrap();
    assert!(whole.turns[0].question.contains(CANARY) && !whole.turns[0].answer.is_empty());
    let leads = lead::list(call, None, None).await.unwrap().items;
    let exported = lead::export(call).await.unwrap();
    for lead in [&leads[0], &exported[0]] {
        assert_eq!(lead.name, left().name);
        assert!(lead.email.as_ref().is_some_and(|email| email.starts_with("ida@")));
        assert_eq!(lead.phone.as_deref(), Some("555 010 2000"));
        assert_eq!(lead.message, left().message);
    }
    let home = dashboard::dashboard(call).await.unwrap();
    assert!(home.recent_questions[0].question.contains(CANARY));
    assert_eq!(search::find(call, "zanzibar").await.unwrap().len(), 2);
}

async fn nothing_a_buyer_wrote_can_be_read(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let question = format!("How many bedrooms are there in {CANARY}?");
    let asked = chat::ask(&porch, None, &question).await.unwrap();
    asked.finished().await.unwrap();
    let again = chat::ask(&porch, Some(&asked.session), &question).await.unwrap();
    assert_eq!(again.conversation, asked.conversation);
    again.finished().await.unwrap();
    lead::leave(&porch, Some(&asked.session), &left()).await.unwrap();
    assert!(!has_canary(world.engine.db()).await);
    is_shown(&call).await;
    let history = chat::history(&porch, Some(&asked.session)).await.unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[1].question, question);
    assert_eq!(world.engine.seal_old().await.unwrap(), 0, "all of it is sealed already");
}

/// Puts a row back as an earlier version kept it.
async fn set(db: &Db, text: String) {
    let mut tx = db.begin(Reach::Everyone).await.unwrap();
    match raw_conn(&mut tx).await {
        Ready::Sqlite(conn, _) => drop(conn.execute(AssertSqlSafe(text)).await.unwrap()),
        Ready::Postgres(conn, _) => drop(conn.execute(AssertSqlSafe(text)).await.unwrap()),
    }
    tx.commit().await.unwrap();
}

async fn what_was_kept_open_is_sealed_once(db: TestDb) {
    let world = World::new(db).await;
    let call = world.realtor("Ana").await;
    let porch = world.porch(&call).await;
    let asked = chat::ask(&porch, None, "How many bedrooms are there?").await.unwrap();
    asked.finished().await.unwrap();
    lead::leave(&porch, Some(&asked.session), &left()).await.unwrap();
    let db = world.engine.db();
    let cited = format!(r#"[{{"label":"Rooms","quote":"Three in {CANARY}","origin":"Ana","source_id":null}}]"#);
    let receipt =
        format!(r#"{{"engine":"built-in","withheld":[{{"sentence":"{CANARY} is safe","reason":"not on record"}}]}}"#);
    set(
        db,
        format!(
            "update turn set sealed = false, question = 'Is {CANARY} near?', answer = 'Near {CANARY}.', citations = '{cited}', receipt = '{receipt}'"
        ),
    )
    .await;
    let form = left();
    set(
        db,
        format!(
            "update lead set sealed = false, name = '{}', email = '{}', phone = '{}', message = '{}'",
            form.name, form.email, form.phone, form.message
        ),
    )
    .await;
    assert!(has_canary(db).await, "the check finds what it looks for");
    assert_eq!(world.engine.seal_old().await.unwrap(), 2);
    assert!(!has_canary(db).await);
    assert_eq!(world.engine.seal_old().await.unwrap(), 0);
    is_shown(&call).await;
    let turn = &chat::history(&porch, Some(&asked.session)).await.unwrap()[0];
    assert_eq!(turn.answer, format!("Near {CANARY}."));
    assert_eq!(turn.citations[0].quote, format!("Three in {CANARY}"));
    assert_eq!(turn.receipt.withheld[0].sentence, format!("{CANARY} is safe"));
    assert_eq!(turn.receipt.engine, "built-in");
}
