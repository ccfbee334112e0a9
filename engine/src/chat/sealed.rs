//! What was asked and said, as it is kept: sealed under the organization's key, each in the place of its own turn.

use domain::{
    chat::{Citation, Receipt, Withheld},
    id::TurnId,
};
use serde::{Deserialize, Serialize};

use super::store::{self, OpenTurnRow};
use crate::{
    Engine, Error,
    db::Reach,
    failpoint,
    vault::{self, Keys, Place},
};

/// Turns of before that are sealed in one commit.
const AT_ONCE: i64 = 500;

/// An answer with what it rests on and what was kept back of it: they tell of the question as much as it does.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) citations: Vec<Citation>,
    pub(super) withheld: Vec<Withheld>,
}

const fn question(turn: TurnId) -> Place {
    Place {
        column: "turn.question",
        row: turn.uuid(),
    }
}

const fn answer(turn: TurnId) -> Place {
    Place {
        column: "turn.answer",
        row: turn.uuid(),
    }
}

pub(super) fn seal_question(keys: &Keys, turn: TurnId, text: &str) -> Result<String, Error> {
    keys.seal_text(question(turn), text)
}

pub(crate) fn open_question(keys: &Keys, turn: TurnId, kept: &str) -> Result<String, Error> {
    keys.open_text(question(turn), kept)
}

pub(super) fn seal_said(keys: &Keys, turn: TurnId, said: &Said) -> Result<String, Error> {
    let json = serde_json::to_string(said).map_err(|error| Error::Broken(error.to_string()))?;
    keys.seal_text(answer(turn), &json)
}

/// Nothing was said where nothing is kept: the turn is not over, was broken off, or was erased.
pub(super) fn open_said(keys: &Keys, turn: TurnId, kept: &str) -> Result<Said, Error> {
    match keys.open_text(answer(turn), kept)?.as_str() {
        "" => Ok(Said::default()),
        json => serde_json::from_str(json).map_err(|error| Error::Broken(error.to_string())),
    }
}

/// Question, answer and receipt of a turn of before, as they are kept now.
pub(super) fn seal_row(keys: &Keys, row: OpenTurnRow) -> Result<(String, String, Receipt), Error> {
    let (id, mut receipt) = (TurnId::from(row.id), row.receipt.0);
    let said = Said {
        text: row.answer,
        citations: row.citations.0,
        withheld: std::mem::take(&mut receipt.withheld),
    };
    Ok((
        seal_question(keys, id, &row.question)?,
        seal_said(keys, id, &said)?,
        receipt,
    ))
}

/// Seals what was kept before transcripts were. Each commit leaves what it did not reach to the next, or to the next start.
pub(crate) async fn seal_old(engine: &Engine) -> Result<usize, Error> {
    let organizations = store::organizations_with_open_turns(&mut engine.db().read(Reach::Everyone).await?).await?;
    let mut sealed = 0;
    for organization in organizations {
        let keys = vault::to_seal(engine, organization).await?;
        loop {
            let mut tx = engine.db().begin(organization).await?;
            match store::seal_turns(&mut tx, &keys, organization, AT_ONCE).await? {
                0 => break,
                some => sealed += some,
            }
            tx.commit_at(failpoint::SEAL).await?;
        }
    }
    Ok(sealed)
}
