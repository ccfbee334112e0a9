//! What tests read of letters that wait.

use domain::text::Email;

use crate::{
    Engine,
    db::{Reach, fetch_optional, statements},
};

statements! {
    NEWEST_MAIL = "select text from mail where recipient = $1 order by created_at desc, id desc limit 1";
    COUNT_MAIL = "select count(*), count(failed_at) from mail";
}

/// The text of the newest letter that waits for an address.
pub(crate) async fn newest(engine: &Engine, to: &Email) -> Option<String> {
    let mut tx = engine.db().read(Reach::Nobody).await.unwrap();
    let row = fetch_optional!(&mut tx, (String,), NEWEST_MAIL, to.as_str()).unwrap();
    row.map(|(text,)| text)
}

/// How many letters are in the store, and how many of them were given up.
pub(crate) async fn count(engine: &Engine) -> (i64, i64) {
    let mut tx = engine.db().read(Reach::Nobody).await.unwrap();
    fetch_optional!(&mut tx, (i64, i64), COUNT_MAIL).unwrap().unwrap()
}
