//! How operators come in: by a link that a command prints, once; later by password and code, for half an hour.

use std::net::IpAddr;

use domain::{
    Fault, FaultCode,
    id::OperatorId,
    operator::{LINK_FOR, OperatorSignIn, SESSION_FOR, SetUpForm},
    text::Email,
};

use super::{
    Operator, at,
    store::{self, Linked},
};
use crate::{
    Engine, Error,
    account::{
        Guess, device,
        factor::{self, Enrolment},
        hash_token, new_token,
    },
    db::{Reach, Tx},
    failpoint, vault,
};

/// Makes somebody an operator, or has one who is there set up anew: the page that does it, to be opened once within a day.
pub async fn add(engine: &Engine, email: &str) -> Result<String, Error> {
    let email: Email = email.parse()?;
    let (token, now) = (new_token(), engine.clock().now());
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    let id = engine.clock().new_id::<OperatorId>();
    let hash = hash_token(&token);
    store::add(&mut tx, id, email.as_str(), &hash, now + LINK_FOR, now).await?;
    tx.commit_at(failpoint::OPERATOR_CHANGE).await?;
    Ok(format!("{}/operator/set-up/{token}", engine.config().public_url))
}

/// Ends somebody's being an operator, and all of their sessions.
pub async fn remove(engine: &Engine, email: &str) -> Result<(), Error> {
    let email: Email = email.parse()?;
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    if !store::remove(&mut tx, email.as_str(), engine.clock().now()).await? {
        return Err(Fault::not_found("operator").into());
    }
    Ok(tx.commit_at(failpoint::OPERATOR_CHANGE).await?)
}

/// What the page of a link shows.
#[derive(Clone, Debug)]
pub struct Invited {
    pub email: String,
    pub enrolment: Enrolment,
}

async fn linked(tx: &mut Tx, engine: &Engine, token: &str) -> Result<Linked, Error> {
    let found = store::by_link(tx, &hash_token(token), engine.clock().now()).await?;
    let gone = "This link was used or has run out. Have `porchlight operator add` print another one.";
    found.ok_or_else(|| Fault::new(FaultCode::NotFound, gone).into())
}

/// The secret that the app of whoever has the link takes in; the same each time the page is opened.
pub async fn invited(engine: &Engine, token: &str) -> Result<Invited, Error> {
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    let found = linked(&mut tx, engine, token).await?;
    let secret = match &found.pending {
        Some(sealed) => vault::open_for_platform(engine, at(found.id.uuid()), sealed)?,
        None => {
            let secret = factor::new_secret();
            let sealed = vault::seal_for_platform(engine, at(found.id.uuid()), &secret)?;
            store::set_pending(&mut tx, found.id, &sealed).await?;
            tx.commit_at(failpoint::OPERATOR_CHANGE).await?;
            secret
        }
    };
    Ok(Invited {
        enrolment: factor::enrolment(secret, &found.email)?,
        email: found.email,
    })
}

/// A session that has just begun.
#[derive(Clone, Debug)]
pub struct Entered {
    /// What the cookie holds; kept here as a hash alone.
    pub token: String,
    /// By this the browser is known from now on: a stranger's guesses do not hold it up.
    pub device: String,
}

/// Sets an operator up by their link, and lets them in.
pub async fn set_up(engine: &Engine, token: &str, form: &SetUpForm) -> Result<Entered, Error> {
    let mut tx = engine.db().read(Reach::Nobody).await?;
    let found = linked(&mut tx, engine, token).await?;
    drop(tx);
    let form = form.check(&found.email)?;
    let guess = Guess::Code(found.id.uuid());
    let now = engine.clock().now();
    let taken = engine.attempts().take(guess, None, now)?;
    let pending = found.pending.as_deref().ok_or_else(wrong_code)?;
    let secret = vault::open_for_platform(engine, at(found.id.uuid()), pending)?;
    let step = factor::step(secret, &found.email, &form.code, now)?.ok_or_else(wrong_code)?;
    let password = engine
        .passwords()
        .hash(form.password.clone(), &[form.name.as_str(), found.email.as_str()])
        .await?;
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    let who = (form.name.as_str(), password.as_str());
    if !store::set_up(&mut tx, found.id, &hash_token(token), who, step).await? {
        return Err(Fault::new(FaultCode::NotFound, "This link was used already.").into());
    }
    let entered = begin(&mut tx, engine, found.id).await?;
    tx.commit_at(failpoint::OPERATOR_CHANGE).await?;
    engine.attempts().known(taken);
    Ok(entered)
}

fn wrong_code() -> Fault {
    Fault::field(
        "code",
        "This is not what the app shows now. Check the clock of your phone.",
    )
}

/// Lets somebody in by their password and the code of their app. What was wrong is not told.
pub async fn enter(engine: &Engine, form: &OperatorSignIn, device: Option<&str>) -> Result<Entered, Error> {
    let (email, now) = (form.email.parse::<Email>().ok(), engine.clock().now());
    // Counted apart from an account that may have the same address.
    let name = format!("operator {}", form.email.trim());
    let guess = Guess::Password(&name);
    let known = match &email {
        Some(email) => store::by_email(&mut engine.db().read(Reach::Nobody).await?, email.as_str()).await?,
        None => None,
    };
    let device = known
        .as_ref()
        .and_then(|known| device::known_to(engine, known.id.uuid(), device));
    let taken = engine.attempts().take(guess, device, now)?;
    let hash = known.as_ref().and_then(|known| known.password_hash.clone());
    let good = engine.passwords().verify(form.password.clone(), hash).await?;
    let step = match &known {
        Some(known) if good => match &known.totp_secret {
            Some(sealed) => {
                let secret = vault::open_for_platform(engine, at(known.id.uuid()), sealed)?;
                factor::step(secret, form.email.trim(), form.code.trim(), now)?
            }
            None => None,
        },
        _ => None,
    };
    let (Some(known), Some(step)) = (known, step) else {
        return Err(refused());
    };
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    if step <= known.totp_step || !store::use_step(&mut tx, known.id, step).await? {
        return Err(refused());
    }
    let entered = begin(&mut tx, engine, known.id).await?;
    tx.commit_at(failpoint::OPERATOR_CHANGE).await?;
    engine.attempts().known(taken);
    tracing::info!(operator.id = %known.id, "An operator signed in");
    Ok(entered)
}

fn refused() -> Error {
    let text =
        "Address, password and code do not belong together, or the code was used already. Check them and try again.";
    Fault::new(FaultCode::Unauthorized, text).into()
}

/// A new session, which ends whichever they had.
async fn begin(tx: &mut Tx, engine: &Engine, id: OperatorId) -> Result<Entered, Error> {
    let (token, now) = (new_token(), engine.clock().now());
    store::end_sessions(tx, id, now).await?;
    store::begin_session(tx, &hash_token(&token), id, now, now + SESSION_FOR).await?;
    let device = device::new(engine, id.uuid())?;
    Ok(Entered { token, device })
}

/// Whom a cookie stands for; nobody once half an hour is over.
pub async fn of_session(engine: &Engine, token: &str, address: Option<IpAddr>) -> Result<Option<Operator>, Error> {
    let mut tx = engine.db().read(Reach::Nobody).await?;
    let found = store::of_session(&mut tx, &hash_token(token), engine.clock().now()).await?;
    Ok(found.map(|(id, name)| Operator {
        engine: engine.clone(),
        id,
        name,
        address,
    }))
}

/// Ends the session that a cookie names.
pub async fn sign_out(engine: &Engine, token: &str) -> Result<(), Error> {
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    store::end_session(&mut tx, &hash_token(token)).await?;
    Ok(tx.commit_at(failpoint::OPERATOR_CHANGE).await?)
}
