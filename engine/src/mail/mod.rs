//! Letters. A letter is posted in the transaction of what it tells, so that none is lost and none is sent for what did not
//! happen; it is handed over afterwards, again and again for three days. Its text is gone from the store with it.
//!
//! A process that dies in between hands a letter over a second time, under the same Message-ID.

mod store;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod transport;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::text::Email;
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use crate::{
    Config, Engine, Error,
    db::{Reach, Tx},
    failpoint,
};
use store::Waiting;
use transport::Transport;

/// What is to be told to somebody.
#[derive(Clone, Debug)]
pub(crate) struct Letter<'a> {
    pub(crate) to: &'a Email,
    pub(crate) subject: String,
    /// Paragraphs of plain text; a link has a line of its own.
    pub(crate) text: String,
}

/// How long after a failure the next attempt comes; after the last of these every six hours.
const DELAYS: [TimeDelta; 4] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
];
const THEN_EVERY: TimeDelta = TimeDelta::hours(6);
/// After this a letter is given up.
const TRIED_FOR: TimeDelta = TimeDelta::days(3);
/// The sender looks by itself so often for what is due.
const LOOKS_EVERY: Duration = Duration::from_secs(15);
/// The longest that is kept of why a letter was not taken.
const REASON_MAX: usize = 300;

/// The sender's bell and its way out.
pub(crate) struct Post {
    bell: Notify,
    transport: Transport,
    /// Held while letters are handed over.
    sending: Arc<Mutex<()>>,
}

impl Post {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        Ok(Self {
            bell: Notify::new(),
            transport: Transport::new(config)?,
            sending: Arc::default(),
        })
    }
}

/// Puts a letter into the box, in the transaction of what it tells. Ring afterwards.
pub(crate) async fn post(tx: &mut Tx, engine: &Engine, letter: &Letter<'_>) -> Result<(), Error> {
    let clock = engine.clock();
    Ok(store::insert(tx, clock.new_id::<Uuid>(), letter, clock.now()).await?)
}

/// Has the sender look now.
pub(crate) fn ring(engine: &Engine) {
    engine.post().bell.notify_one();
}

/// Hands letters over until the engine stops.
pub(crate) async fn work(engine: Engine) {
    loop {
        if let Err(error) = send_due(&engine).await {
            tracing::error!(%error, "Letters could not be handed over: {error}");
        }
        tokio::select! {
            () = engine.post().bell.notified() => {}
            () = tokio::time::sleep(LOOKS_EVERY) => {}
            () = engine.stopping().cancelled() => return,
        }
    }
}

/// Waits for the letter that is being handed over.
pub(crate) async fn drain(engine: &Engine) {
    let sending = engine.post().sending.lock();
    let _ = tokio::time::timeout(Duration::from_secs(5), sending).await;
}

/// Hands over what is due, oldest first.
async fn send_due(engine: &Engine) -> Result<(), Error> {
    let _alone = engine.post().sending.lock().await;
    loop {
        let due = store::due(&mut engine.db().read(Reach::Nobody).await?, engine.clock().now()).await?;
        if due.is_empty() {
            return Ok(());
        }
        for letter in due {
            if engine.stopping().is_cancelled() {
                return Ok(());
            }
            send(engine, &letter).await?;
        }
    }
}

async fn send(engine: &Engine, letter: &Waiting) -> Result<(), Error> {
    let outcome = engine.post().transport.deliver(letter).await;
    let now = engine.clock().now();
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    match outcome {
        Ok(()) => {
            store::delete(&mut tx, letter.id).await?;
            tracing::info!(mail.id = %letter.id, "Handed a letter over");
        }
        Err(reason) => {
            let reason: String = reason.chars().take(REASON_MAX).collect();
            match next_attempt(letter, now) {
                Some(next) => {
                    store::put_off(&mut tx, letter.id, next, &reason).await?;
                    tracing::warn!(mail.id = %letter.id, reason, "A letter was not taken; it is tried again at {next}");
                }
                None => {
                    store::give_up(&mut tx, letter.id, now, &reason).await?;
                    tracing::error!(mail.id = %letter.id, reason, "A letter was not taken for three days; it is given up");
                }
            }
        }
    }
    Ok(tx.commit_counts(failpoint::MAIL_SEND).await?)
}

fn next_attempt(letter: &Waiting, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let failed = usize::try_from(letter.attempts).unwrap_or(usize::MAX);
    let next = now + DELAYS.get(failed).copied().unwrap_or(THEN_EVERY);
    (next - letter.created_at <= TRIED_FOR).then_some(next)
}

/// A letter as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub to: String,
    pub subject: String,
    pub at: DateTime<Utc>,
    pub text: String,
}

/// The most letters that are shown.
const SHOWN: usize = 50;

/// The newest letters, where they are files; `None` where they go to a server.
pub async fn kept(engine: &Engine) -> Result<Option<Vec<Kept>>, Error> {
    let Some(folder) = engine.post().transport.folder() else {
        return Ok(None);
    };
    let folder = folder.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let mut paths: Vec<_> = paths
            .filter(|path| path.extension().is_some_and(|kind| kind == "eml"))
            .collect();
        // Names begin with the time.
        paths.sort_unstable();
        let newest = paths.iter().rev().take(SHOWN);
        Ok(newest.filter_map(|path| parse(&std::fs::read(path).ok()?)).collect())
    });
    let letters = read
        .await
        .map_err(|error| Error::Broken(format!("reading letters: {error}")))?;
    letters.map(Some).map_err(Error::io("reading letters"))
}

fn parse(bytes: &[u8]) -> Option<Kept> {
    use mailparse::MailHeaderMap;
    let mail = mailparse::parse_mail(bytes).ok()?;
    let header = |name: &str| mail.headers.get_first_value(name);
    let date = mailparse::dateparse(&header("Date")?).ok()?;
    Some(Kept {
        to: header("To")?,
        subject: header("Subject")?,
        at: DateTime::from_timestamp(date, 0)?,
        text: mail.get_body().ok()?.replace("\r\n", "\n"),
    })
}
