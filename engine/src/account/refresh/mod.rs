//! Refresh tokens: what a program renews its access token with. Each holds once and gives the next.
//!
//! Somebody who repeats a spent one is either a program whose answer was lost on the way or a thief. The first repeats at
//! once and has not used what it never got: within ten seconds, and only while nothing that was given for the token was
//! used, one more is given in its place. Of such a pair the one that is used first goes on alone: who comes with the other
//! one at once is the same program asking twice, later it is somebody who was overtaken by a thief, or the thief. That, and
//! whatever else is repeated, ends the whole family, and its person is told (OWASP ASVS 5.0 V10.4.5).

mod store;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Fault, FaultCode, audit as log};
use uuid::Uuid;

use super::{
    Owner, SignedIn,
    link::{hash, new_token},
    session::{self, Client},
};
use crate::{
    Engine, Error,
    db::{Reach, Tx},
    failpoint, mail,
};
use store::Found;

/// How long a lost answer can be asked for again.
const LOST_FOR: TimeDelta = TimeDelta::seconds(10);
/// How many are given for one, the lost one included.
const AT_MOST: i64 = 2;
/// So many generations back a repeat is recognised; what is older is not known any more, and refused. A program that renews each
/// access token as it ends makes fewer in the thirty days of a session.
const REMEMBERED: i64 = 5_000;

/// The first refresh token of a program's session.
pub async fn first(engine: &Engine, who: SignedIn) -> Result<String, Error> {
    let mut tx = engine.db().begin(who.organization()).await?;
    let token = give(&mut tx, engine, who, 0).await?;
    tx.commit_at(failpoint::REFRESH).await?;
    Ok(token)
}

async fn give(tx: &mut Tx, engine: &Engine, who: SignedIn, generation: i64) -> Result<String, Error> {
    let token = new_token();
    let new = store::New {
        id: engine.clock().new_id::<Uuid>(),
        session: who.session(),
        generation,
        token_hash: &hash(&token),
    };
    store::insert(tx, who.organization(), &new, engine.clock().now()).await?;
    Ok(token)
}

/// Takes a refresh token for whom it stands for and the next one.
pub async fn refresh(engine: &Engine, token: &str, from: &Client<'_>) -> Result<(SignedIn, String), Error> {
    let now = engine.clock().now();
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    let found = store::find(&mut tx, &hash(token), now).await?.ok_or_else(refused)?;
    if !store::alone(&mut tx, found.who, now).await? {
        return Err(refused());
    }
    // As it is now that nobody else renews the session: it may be gone.
    let found = store::find(&mut tx, &hash(token), now).await?.ok_or_else(refused)?;
    if !store::take(&mut tx, &found, now).await? {
        return repeated(tx, engine, &found, from).await;
    }
    // Of a pair that was given because an answer was lost, this is the one that arrived.
    store::supersede_siblings(&mut tx, &found, now).await?;
    store::forget_before(&mut tx, found.who, found.generation - REMEMBERED).await?;
    let next = give(&mut tx, engine, found.who, found.generation + 1).await?;
    tx.commit_at(failpoint::REFRESH).await?;
    Ok((found.who, next))
}

async fn repeated(mut tx: Tx, engine: &Engine, known: &Found, from: &Client<'_>) -> Result<(SignedIn, String), Error> {
    let soon = |at: Option<DateTime<Utc>>| at.is_some_and(|at| engine.clock().now() - at <= LOST_FOR);
    if soon(known.superseded_at) {
        return Err(refused());
    }
    let (given, used) = store::successors(&mut tx, known.who, known.generation + 1).await?;
    let soon = soon(known.used_at);
    if soon && used == 0 && given < AT_MOST {
        let next = give(&mut tx, engine, known.who, known.generation + 1).await?;
        tx.commit_at(failpoint::REFRESH).await?;
        return Ok((known.who, next));
    }
    if soon && used == 0 {
        return Err(refused());
    }
    let who = known.who;
    session::end(&mut tx, who).await?;
    let owner = Owner {
        organization: who.organization(),
        account: who.account(),
        email: &known.email,
        address: from.address,
    };
    let text = "A refresh token of one of your programs was used twice, as if it had been stolen. That program was signed out.";
    super::tell(&mut tx, engine, &owner, log::TOKEN_REUSED, text).await?;
    tx.commit_at(failpoint::REFRESH).await?;
    mail::ring(engine);
    Err(refused())
}

fn refused() -> Error {
    let text = "The refresh token is wrong, was used or has run out. Sign in again.";
    Fault::new(FaultCode::Unauthorized, text).into()
}
