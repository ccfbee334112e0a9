//! People: registration, sign-in, access tokens; the people of an organization and their invitations.

pub mod api_key;
mod attempts;
pub(crate) mod device;
pub mod factor;
pub mod identity;
mod invitation;
mod link;
pub mod passkey;
mod password;
mod people;
mod refresh;
mod session;
mod store;
#[cfg(test)]
mod tests;
mod token;

use std::net::IpAddr;

use domain::{
    Fault, FaultCode,
    account::{CheckedRegistration, Credentials, Profile, Registration},
    audit as log,
    id::{AccountId, OrganizationId},
    tenancy::Role,
    text::Email,
};

use crate::{
    Call, Engine, Error, audit,
    config::Mode,
    db::{Reach, Tx},
    error::OnUnique,
    failpoint,
    ledger::{self, Action, Move, Purpose},
    licence,
    mail::{self, Letter},
    organization,
};

pub(crate) use attempts::Attempts;
pub(crate) use attempts::Guess;
pub use device::{device_by_letter, device_of};
pub(crate) use identity::Provider;
pub use invitation::{accept, invitations, invite, offer, revoke};
#[cfg(test)]
pub(crate) use link::send_reset;
pub use link::{ask_reset, change_password, reset, reset_of, verification, verify_email};
pub(crate) use link::{delete_old as delete_old_links, hash as hash_token, new_token};
pub(crate) use passkey::Passkeys;
pub(crate) use password::Passwords;
pub use people::{change, members, sign_out_member};
pub use refresh::{first as first_refresh, refresh};
pub use session::{
    Client, Halfway, Kind, Needs, Person, SignedIn, Visitor, agent_name, end_other_sessions, end_session, sessions,
    sign_out,
};
pub(crate) use session::{Standings, delete_ended as delete_ended_sessions};
#[cfg(test)]
pub(crate) use tests::joined;
pub(crate) use token::Tokens;

/// What a registration gave.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    pub account: AccountId,
    pub organization: OrganizationId,
}

/// Opens an organization with its owner and grants the starting credits.
///
/// `None` in production mode when the address is already known: the answer to a stranger is the same either way.
pub async fn register(engine: &Engine, form: &Registration) -> Result<Option<Registered>, Error> {
    let form = form.check()?;
    let about = [&form.org_name, &form.first_name, &form.last_name, form.email.as_str()];
    let hash = engine.passwords().hash(form.password.clone(), &about).await?;
    match open_organization(engine, &form, hash).await {
        Err(Error::Fault(fault)) if fault.for_field("email").is_some() && engine.config().mode == Mode::Production => {
            // Whose address it is learns of it, as often as letters may be asked for.
            if engine
                .attempts()
                .take(Guess::Letter(form.email.as_str()), None, engine.clock().now())
                .is_ok()
            {
                link::send_known(engine, &form.email).await?;
            }
            Ok(None)
        }
        outcome => outcome.map(Some),
    }
}

async fn open_organization(engine: &Engine, form: &CheckedRegistration, hash: String) -> Result<Registered, Error> {
    let clock = engine.clock();
    let (organization, account) = (clock.new_id(), clock.new_id::<AccountId>());
    let now = clock.now();
    let mut tx = engine.db().begin(organization).await?;
    organization::open(&mut tx, clock, organization, &form.org_name, &form.email).await?;
    let new = store::NewAccount {
        organization,
        id: account,
        email: &form.email,
        hash: &hash,
        first_name: &form.first_name,
        last_name: &form.last_name,
        role: Role::Owner,
        email_verified_at: None,
    };
    store::insert(&mut tx, &new, now).await.on_unique(|| {
        Fault::field(
            "email",
            "There is an account with this address already. Sign in instead.",
        )
    })?;
    let prices = engine.config().prices;
    ledger::open_account(&mut tx, organization).await?;
    if prices.registration_grant.is_positive() {
        let purpose = Purpose {
            name: "registration",
            related: Some(organization.uuid()),
            description: "Credits to start with".into(),
            price_version: prices.version,
        };
        let grant = Action::Grant {
            amount: prices.registration_grant,
            purpose,
        };
        ledger::apply_one(&mut tx, engine, Move::new(organization, grant)).await?;
    }
    let claimed = (form.license_state.as_deref(), form.license_number.as_deref());
    licence::claim_at_registration(&mut tx, engine, (organization, account), claimed).await?;
    link::send_verification(&mut tx, engine, (organization, account), &form.email).await?;
    tx.commit_at(failpoint::REGISTER).await?;
    mail::ring(engine);
    engine.jobs().ring();
    tracing::info!(organization.id = %organization, "Opened organization `{organization}`");
    Ok(Registered { account, organization })
}

/// Checks an address and a password, and begins a session. Unknown address and wrong password look and cost the same. Where
/// the account has a second factor, the session stands for nobody before it was shown.
pub async fn sign_in(
    engine: &Engine,
    credentials: &Credentials,
    kind: Kind,
    from: &Client<'_>,
) -> Result<SignedIn, Error> {
    let known = match credentials.email.parse() {
        Ok(email) => {
            let mut tx = engine.db().read(Reach::Everyone).await?;
            store::by_email(&mut tx, &email).await?
        }
        Err(_) => None,
    };
    let device = known
        .as_ref()
        .and_then(|known| device::known(engine, known.account, from.device));
    let guess = Guess::Password(&credentials.email);
    let taken = engine.attempts().take(guess, device, engine.clock().now())?;
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let good = engine.passwords().verify(credentials.password.clone(), hash).await?;
    match known {
        Some(mut known) if good => {
            engine.attempts().known(taken);
            if !password::is_current(&known.password_hash) {
                known.password_hash = rehash(engine, &known, &credentials.password).await?;
            }
            admit(engine, &known, kind, from, false).await
        }
        known => {
            let account = known.as_ref().map(|known| known.account.to_string());
            tracing::warn!(account.id = account, address = ?from.address, "A sign-in was refused");
            if let Some(known) = known.filter(|_| taken.is_last) {
                // Beside the answer: that it takes longer would say that there is an account.
                tokio::spawn(tell_of_guesses(engine.clone(), known, from.address));
            }
            Err(refused())
        }
    }
}

/// Tells an account's owner that its password is guessed: once, before the first wait.
async fn tell_of_guesses(engine: Engine, known: store::Known, address: Option<IpAddr>) {
    let owner = Owner {
        organization: known.organization,
        account: known.account,
        email: known.email.as_str(),
        address,
    };
    let text = "Five wrong passwords were given one after the other, and nobody got in. If that was not you, there is nothing \
        that you must do; a password that you use elsewhere, too, is better changed.";
    let told = async {
        let mut tx = engine.db().begin(owner.organization).await?;
        note(&mut tx, &engine, &owner, log::PASSWORD_GUESSED).await?;
        warn(&mut tx, &engine, owner.email, text).await?;
        tx.commit_at(failpoint::FACTOR_GUESSED).await?;
        mail::ring(&engine);
        Ok::<_, Error>(())
    };
    if let Err(error) = told.await {
        tracing::warn!(%error, "Nobody was told of guesses at a password: {error}");
    }
}

fn refused() -> Error {
    let text = "This email address and password do not belong together. Check both and try again.";
    Fault::new(FaultCode::Unauthorized, text).into()
}

/// Replaces a hash that was made with other parameters than those of now, unless the password was changed meanwhile.
async fn rehash(engine: &Engine, known: &store::Known, password: &str) -> Result<String, Error> {
    let hash = engine.passwords().rehash(password.to_owned()).await?;
    let mut tx = engine.db().begin(known.organization).await?;
    store::rehash(&mut tx, known, &hash).await?;
    tx.commit_at(failpoint::PASSWORD_CHANGE).await?;
    Ok(hash)
}

/// Begins the session of somebody who knew the password, or has shown what stands in for it; `with_factor` where it stands in
/// for a second factor, too.
async fn admit(
    engine: &Engine,
    known: &store::Known,
    kind: Kind,
    from: &Client<'_>,
    with_factor: bool,
) -> Result<SignedIn, Error> {
    let mut tx = engine.db().begin(known.organization).await?;
    // What was verified may have been replaced while it was.
    if !store::still(&mut tx, known).await? {
        return Err(refused());
    }
    if engine.config().mode == Mode::Production && !known.is_email_verified {
        let email = &known.email;
        engine
            .attempts()
            .take(Guess::Letter(email.as_str()), None, engine.clock().now())?;
        link::send_verification(&mut tx, engine, (known.organization, known.account), email).await?;
        tx.commit_at(failpoint::LINK_SEND).await?;
        mail::ring(engine);
        let text = "Confirm your address first: we have sent you a letter with a link.";
        return Err(Fault::new(FaultCode::Forbidden, text).into());
    }
    let who = (known.organization, known.account, known.role);
    let signed_in = session::begin(&mut tx, engine, who, kind, from).await?;
    if with_factor {
        let person = signed_in.person(engine, from.address);
        session::prove(&mut tx, &person, true).await?;
        session::keep_newest(&mut tx, &person, true).await?;
    }
    let owner = Owner {
        organization: known.organization,
        account: known.account,
        email: known.email.as_str(),
        address: from.address,
    };
    // Nobody is in before their second factor was shown, or set up where one is asked of everybody.
    if Needs::of(engine.config(), known.has_factor, with_factor).is_none() {
        note(&mut tx, engine, &owner, log::SIGNED_IN).await?;
    }
    tx.commit_at(failpoint::SIGN_IN).await?;
    Ok(signed_in)
}

/// An account, for what is told of it.
struct Owner<'a> {
    organization: OrganizationId,
    account: AccountId,
    email: &'a str,
    address: Option<IpAddr>,
}

/// Writes into the audit log what somebody did with their own account.
async fn note(tx: &mut Tx, engine: &Engine, owner: &Owner<'_>, action: &'static str) -> Result<(), Error> {
    audit::note_own(tx, engine, (owner.organization, owner.account), owner.address, action).await
}

/// The same, and tells the account's person in a letter.
async fn tell(tx: &mut Tx, engine: &Engine, owner: &Owner<'_>, action: &'static str, text: &str) -> Result<(), Error> {
    note(tx, engine, owner, action).await?;
    warn(tx, engine, owner.email, text).await
}

/// Tells an account's person in a letter what was done with it.
async fn warn(tx: &mut Tx, engine: &Engine, email: &str, text: &str) -> Result<(), Error> {
    let to: Email = email.parse()?;
    let url = &engine.config().public_url;
    let letter = Letter {
        to: &to,
        subject: "Your Porchlight account was changed".into(),
        text: format!("{text}\n\nIf it was not you, set a new password at once:\n\n{url}/forgotten"),
    };
    mail::post(tx, engine, &letter).await
}

/// A short-lived access token for programs.
pub fn issue_token(engine: &Engine, who: SignedIn) -> Result<String, Error> {
    engine.tokens().issue(who, engine.clock().now())
}

/// The caller an access token stands for.
pub async fn verify_token(engine: &Engine, token: &str, address: Option<IpAddr>) -> Result<Call, Error> {
    let who = engine.tokens().verify(token, engine.clock().now());
    let fault = || {
        Fault::new(
            FaultCode::Unauthorized,
            "The access token is missing, wrong or has run out. Sign in again.",
        )
    };
    who.ok_or_else(fault)?.call(engine, address).await
}

/// Where an organization's owner is written to.
pub(crate) async fn owner_email(tx: &mut Tx, organization: OrganizationId) -> Result<Option<Email>, Error> {
    let found = store::owner_email(tx, organization).await?;
    Ok(found.map(|email| email.parse()).transpose()?)
}

/// A session of the account with this address, as if its person had signed in, which is noted nowhere.
#[cfg(test)]
pub(crate) async fn quietly(engine: &Engine, email: &str) -> SignedIn {
    let email: Email = email.parse().expect("an address");
    let mut tx = engine.db().begin(Reach::Everyone).await.expect("a transaction");
    let known = store::by_email(&mut tx, &email)
        .await
        .expect("read")
        .expect("an account");
    let who = (known.organization, known.account, known.role);
    let signed_in = session::begin(&mut tx, engine, who, Kind::Console, &Client::default()).await;
    tx.commit().await.expect("stored");
    signed_in.expect("a session")
}

/// The caller's own profile.
pub async fn me(call: &Call) -> Result<Profile, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    let profile = store::profile(&mut tx, call.organization(), call.account()).await?;
    profile.ok_or_else(|| Fault::new(FaultCode::Unauthorized, "This account is no longer there.").into())
}
