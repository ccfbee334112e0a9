//! People: registration, sign-in, access tokens; the people of an organization and their invitations.

mod invitation;
mod password;
mod people;
mod store;
#[cfg(test)]
mod tests;
mod token;

use std::net::IpAddr;

use domain::{
    Fault, FaultCode,
    account::{CheckedRegistration, Credentials, Profile, Registration},
    id::{AccountId, OrganizationId},
    tenancy::{Action as Wish, Role},
};
use serde::{Deserialize, Serialize};

use crate::{
    Call, Engine, Error, Scope,
    config::Mode,
    db::Fresh,
    error::OnUnique,
    failpoint,
    ledger::{self, Action, Move, Purpose},
    organization,
};

pub use invitation::{accept, invitations, invite, offer, revoke};
pub(crate) use password::Passwords;
pub use people::{change, members};
pub(crate) use token::Tokens;

/// The roles of people who were here lately, until something is changed.
pub(crate) type Standings = Fresh<(OrganizationId, AccountId), Role>;

/// What a registration gave.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    pub account: AccountId,
    pub organization: OrganizationId,
}

/// The part of a session that says who it is. Kept on the server; only sign-in makes one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SignedIn {
    account: AccountId,
    organization: OrganizationId,
    role: Role,
}

impl SignedIn {
    pub const fn account(&self) -> AccountId {
        self.account
    }
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }
    pub const fn role(&self) -> Role {
        self.role
    }
    /// The caller that this session or token stands for, as they stand now, calling from an address: whoever was switched
    /// off is nobody any more, and another role holds at once.
    pub async fn call(self, engine: &Engine, address: Option<IpAddr>) -> Result<Call, Error> {
        let look = async |(organization, account): &(OrganizationId, AccountId)| {
            let mut tx = engine.db().read().await?;
            let role = store::standing(&mut tx, *organization, *account).await?;
            let gone = || Fault::new(FaultCode::Unauthorized, "This account is switched off or gone.");
            role.ok_or_else(|| Error::from(gone()))
        };
        let who = (self.organization, self.account);
        let role = engine.standings().get(engine.db(), who, look).await?;
        let scope = Scope {
            organization: self.organization,
            account: self.account,
            role,
            address,
        };
        let call = Call::new(engine.clone(), scope);
        call.must(Wish::Work)?;
        Ok(call)
    }
}

/// Opens an organization with its owner and grants the starting credits.
///
/// `None` in production mode when the address is already known: the answer to a stranger is the same either way.
pub async fn register(engine: &Engine, form: &Registration) -> Result<Option<Registered>, Error> {
    let form = form.check()?;
    let hash = engine.passwords().hash(form.password.clone()).await?;
    match open_organization(engine, &form, hash).await {
        Err(Error::Fault(fault)) if fault.for_field("email").is_some() && engine.config().mode == Mode::Production => {
            Ok(None)
        }
        outcome => outcome.map(Some),
    }
}

async fn open_organization(engine: &Engine, form: &CheckedRegistration, hash: String) -> Result<Registered, Error> {
    let clock = engine.clock();
    let (account, now) = (clock.new_id::<AccountId>(), clock.now());
    let mut tx = engine.db().begin().await?;
    let organization = organization::open(&mut tx, clock, &form.org_name, &form.email).await?;
    let new = store::NewAccount {
        organization,
        id: account,
        email: &form.email,
        hash: &hash,
        first_name: &form.first_name,
        last_name: &form.last_name,
        role: Role::Owner,
        license_number: form.license_number.as_deref(),
        license_state: form.license_state.as_deref(),
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
    tx.commit_at(failpoint::REGISTER).await?;
    tracing::info!(organization.id = %organization, "Opened organization `{organization}`");
    Ok(Registered { account, organization })
}

/// Checks an address and a password. Unknown address and wrong password look and cost the same.
pub async fn sign_in(engine: &Engine, credentials: &Credentials) -> Result<SignedIn, Error> {
    let known = match credentials.email.parse() {
        Ok(email) => {
            let mut tx = engine.db().read().await?;
            store::by_email(&mut tx, &email).await?
        }
        Err(_) => None,
    };
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let good = engine.passwords().verify(credentials.password.clone(), hash).await?;
    match known {
        Some(known) if good => Ok(SignedIn {
            account: known.account,
            organization: known.organization,
            role: known.role,
        }),
        _ => Err(Fault::new(
            FaultCode::Unauthorized,
            "This email address and password do not belong together. Check both and try again.",
        )
        .into()),
    }
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

/// The caller's own profile.
pub async fn me(call: &Call) -> Result<Profile, Error> {
    let mut tx = call.engine().db().read().await?;
    let profile = store::profile(&mut tx, call.organization(), call.account()).await?;
    profile.ok_or_else(|| Fault::new(FaultCode::Unauthorized, "This account is no longer there.").into())
}
