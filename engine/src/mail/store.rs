use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Letter;
use crate::db::{DbError, Tx, execute, fetch_all, statements};

statements! {
    INSERT_MAIL = "insert into mail (id, recipient, subject, text, created_at, next_at) values ($1, $2, $3, $4, $5, $5)";
    DUE_MAIL = "select id, recipient, subject, text, created_at, attempts from mail
        where failed_at is null and next_at <= $1 order by next_at, id limit 20";
    DELETE_MAIL = "delete from mail where id = $1";
    PUT_OFF_MAIL = "update mail set attempts = attempts + 1, next_at = $2, reason = $3 where id = $1";
    // What is in a letter is kept no longer than it can be of use.
    GIVE_UP_MAIL = "update mail set attempts = attempts + 1, failed_at = $2, reason = $3, text = '' where id = $1";
}

/// A letter that is to be handed over.
#[derive(sqlx::FromRow)]
pub(super) struct Waiting {
    pub(super) id: Uuid,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) created_at: DateTime<Utc>,
    pub(super) attempts: i64,
}

pub(super) async fn insert(tx: &mut Tx, id: Uuid, letter: &Letter<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let (to, subject) = (letter.to.as_str(), letter.subject.as_str());
    execute!(tx, INSERT_MAIL, id, to, subject, letter.text.as_str(), now).map(|_| ())
}

pub(super) async fn due(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Waiting>, DbError> {
    fetch_all!(tx, Waiting, DUE_MAIL, now)
}

pub(super) async fn delete(tx: &mut Tx, id: Uuid) -> Result<u64, DbError> {
    execute!(tx, DELETE_MAIL, id)
}

pub(super) async fn put_off(tx: &mut Tx, id: Uuid, next: DateTime<Utc>, reason: &str) -> Result<u64, DbError> {
    execute!(tx, PUT_OFF_MAIL, id, next, reason)
}

pub(super) async fn give_up(tx: &mut Tx, id: Uuid, now: DateTime<Utc>, reason: &str) -> Result<u64, DbError> {
    execute!(tx, GIVE_UP_MAIL, id, now, reason)
}
