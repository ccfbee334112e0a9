//! What a sign-in lasts for: who, on what, since when, and what they have proved. A cookie or a token names a session; it
//! holds as long as the session's row does, so that ending it ends both at once.

mod store;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Fault, FaultCode, audit as log,
    id::{AccountId, OrganizationId, SessionId},
    security::{PROVED_FOR, SessionRow},
    tenancy::Role,
};
use serde::{Deserialize, Serialize};

use crate::{
    Call, Config, Engine, Error, Scope, audit,
    db::{Fresh, Reach, Tx},
    failpoint,
};

/// Where a request comes from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client<'a> {
    pub address: Option<IpAddr>,
    /// The browser or program, as it calls itself.
    pub agent: &'a str,
    /// What a browser keeps that has signed in here before; see [`super::device`].
    pub device: Option<&'a str>,
}

/// What holds a session's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A browser's cookie.
    Console,
    /// A program's access token.
    Program,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Program => "program",
        }
    }
    /// How many of them an account keeps; the oldest end.
    const fn most(self) -> i64 {
        match self {
            Self::Console => 10,
            Self::Program => 100,
        }
    }
}

/// How long a program can renew its access token.
pub(super) const PROGRAM: TimeDelta = TimeDelta::days(30);
/// How often it is noted that a session is used.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);
const AGENT_MAX: usize = 200;

/// Sessions that were used lately, until something is changed.
pub(crate) type Standings = Fresh<(OrganizationId, SessionId), Standing>;

/// A session with its person, as they stand now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    role: Role,
    seen_at: DateTime<Utc>,
    proved_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// Of a browser.
    is_console: bool,
    /// A second factor was shown.
    with_factor: bool,
    /// The account asks for one.
    has_factor: bool,
}

/// The part of a session or token that says who it is. Only sign-in makes one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SignedIn {
    pub(super) account: AccountId,
    pub(super) organization: OrganizationId,
    pub(super) role: Role,
    pub(super) session: SessionId,
}

/// Somebody who has proved their password and not yet all that is asked for.
#[derive(Clone, Debug)]
pub struct Halfway {
    person: Person,
    pub needs: Needs,
}

/// What is missing before somebody is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// The code of their second factor.
    Code,
    /// A second factor at all: it must be set up first.
    Factor,
}

impl Needs {
    /// What is missing in a session of an account that has a second factor or has none, where it was shown or was not.
    pub(super) const fn of(config: &Config, has_factor: bool, with_factor: bool) -> Option<Self> {
        match (has_factor, with_factor) {
            (true, false) => Some(Self::Code),
            (false, _) if config.require_factor => Some(Self::Factor),
            _ => None,
        }
    }
}

/// Whom a session stands for.
#[derive(Clone, Debug)]
pub enum Visitor {
    In(Call),
    Halfway(Halfway),
}

/// Somebody with their own account, whatever they may do with others'.
#[derive(Clone, Debug)]
pub struct Person {
    pub(super) engine: Engine,
    pub(super) organization: OrganizationId,
    pub(super) account: AccountId,
    pub(super) session: SessionId,
    pub(super) address: Option<IpAddr>,
    role: Role,
    proved_at: DateTime<Utc>,
}

impl Person {
    /// Whether they have proved within minutes who they are.
    pub fn has_proved(&self) -> bool {
        self.must_have_proved().is_ok()
    }

    /// Refuses what takes over an account, unless whoever asks has proved within minutes that it is theirs.
    pub(super) fn must_have_proved(&self) -> Result<(), Error> {
        proved(&self.engine, self.proved_at)
    }
}

fn proved(engine: &Engine, at: DateTime<Utc>) -> Result<(), Error> {
    let fresh = engine.clock().now() - at < PROVED_FOR;
    let asked = || Fault::new(FaultCode::ProofNeeded, "Confirm that it is you, then do this again.");
    fresh.then_some(()).ok_or_else(|| asked().into())
}

impl Person {
    /// The session again, for a cookie under another name.
    pub fn signed_in(&self) -> SignedIn {
        SignedIn {
            account: self.account,
            organization: self.organization,
            role: self.role,
            session: self.session,
        }
    }
}

impl Halfway {
    pub(super) const fn person(&self) -> &Person {
        &self.person
    }
    /// Whoever lacks nothing but a second factor may set one up. Whoever has one must show it first.
    pub fn to_enrol(&self) -> Option<&Person> {
        (self.needs == Needs::Factor).then_some(&self.person)
    }
    pub fn signed_in(&self) -> SignedIn {
        self.person.signed_in()
    }
}

impl Call {
    /// The caller as the holder of their own account.
    pub fn person(&self) -> Person {
        Person {
            engine: self.engine().clone(),
            organization: self.organization(),
            account: self.account(),
            session: self.scope.session,
            address: self.address(),
            role: self.role(),
            proved_at: self.scope.proved_at,
        }
    }

    /// Refuses what must not be done by whoever found a screen unlocked.
    pub(crate) fn must_have_proved(&self) -> Result<(), Error> {
        if self.api_key().is_some() {
            return Err(domain::api_key::not_for_keys().into());
        }
        proved(self.engine(), self.scope.proved_at)
    }

    /// Whether they have proved within minutes who they are.
    pub fn has_proved(&self) -> bool {
        self.must_have_proved().is_ok()
    }
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
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// Whose session it is that begins just now.
    pub(super) fn person(self, engine: &Engine, address: Option<IpAddr>) -> Person {
        Person {
            engine: engine.clone(),
            organization: self.organization,
            account: self.account,
            session: self.session,
            address,
            role: self.role,
            proved_at: engine.clock().now(),
        }
    }

    /// The caller that this session or token stands for, as they stand now, calling from an address: whoever was switched
    /// off, or whose session was ended, is nobody any more, and another role holds at once.
    pub async fn call(self, engine: &Engine, address: Option<IpAddr>) -> Result<Call, Error> {
        match self.visitor(engine, address).await? {
            Visitor::In(call) => Ok(call),
            Visitor::Halfway(halfway) => Err(unfinished(halfway.needs)),
        }
    }

    /// The same, also for somebody who is not quite in yet.
    pub async fn visitor(self, engine: &Engine, address: Option<IpAddr>) -> Result<Visitor, Error> {
        let look = async |(organization, session): &(OrganizationId, SessionId)| {
            let mut tx = engine.db().read(*organization).await?;
            let standing = store::standing(&mut tx, *organization, *session, self.account).await?;
            standing.ok_or_else(ended)
        };
        let key = (self.organization, self.session);
        let changes = engine.db().changes().so_far();
        let standing = engine.standings().get(engine.db(), key, look).await?;
        let (now, config) = (engine.clock().now(), engine.config());
        // A program is idle for as long as it likes; its access tokens are short.
        let idle = standing.is_console && now - standing.seen_at >= config.session_idle;
        if now >= standing.ends_at || idle {
            return Err(ended());
        }
        if now - standing.seen_at >= NOTED_EVERY {
            self.touch(engine, (changes, standing), now).await?;
        }
        let person = Person {
            engine: engine.clone(),
            organization: self.organization,
            account: self.account,
            session: self.session,
            address,
            role: standing.role,
            proved_at: standing.proved_at,
        };
        if let Some(needs) = Needs::of(config, standing.has_factor, standing.with_factor) {
            return Ok(Visitor::Halfway(Halfway { person, needs }));
        }
        let scope = Scope {
            organization: self.organization,
            account: self.account,
            role: standing.role,
            session: self.session,
            proved_at: standing.proved_at,
            address,
            key: None,
        };
        let call = Call::new(engine.clone(), scope);
        call.must(domain::tenancy::Action::Work)?;
        Ok(Visitor::In(call))
    }

    /// Notes that the session is used. `standing` is what was found after so many `changes`: what has ended since then must
    /// not be remembered as alive.
    async fn touch(
        self,
        engine: &Engine,
        (changes, standing): (u64, Standing),
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut tx = engine.db().begin(self.organization).await?;
        store::touch(&mut tx, self.organization, self.session, now).await?;
        tx.commit_counts(failpoint::SESSION_SEEN).await?;
        let standing = Standing {
            seen_at: now,
            ..standing
        };
        engine
            .standings()
            .put(changes, (self.organization, self.session), standing)
            .await;
        Ok(())
    }
}

fn ended() -> Error {
    let text = "Your session has ended, or this account is switched off. Sign in again.";
    Fault::new(FaultCode::Unauthorized, text).into()
}

fn unfinished(needs: Needs) -> Error {
    let text = match needs {
        Needs::Code => "The code of your second factor is missing.",
        Needs::Factor => "This account needs a second factor first. Sign in to the console to set one up.",
    };
    Fault::new(FaultCode::Unauthorized, text).into()
}

/// A new session of an account.
pub(super) async fn begin(
    tx: &mut Tx,
    engine: &Engine,
    who: (OrganizationId, AccountId, Role),
    kind: Kind,
    from: &Client<'_>,
) -> Result<SignedIn, Error> {
    let ((organization, account, role), now) = (who, engine.clock().now());
    let session: SessionId = engine.clock().new_id();
    let agent: String = from.agent.chars().filter(|c| !c.is_control()).take(AGENT_MAX).collect();
    let new = store::New {
        id: session,
        account,
        kind,
        agent: &agent,
        address: from.address,
        ends_at: now
            + match kind {
                Kind::Console => engine.config().session_life,
                Kind::Program => PROGRAM,
            },
    };
    store::insert(tx, organization, &new, now).await?;
    store::end_surplus(tx, organization, account, kind, false).await?;
    Ok(SignedIn {
        account,
        organization,
        role,
        session,
    })
}

/// Notes that the person behind a session has proved again who they are.
pub(super) async fn prove(tx: &mut Tx, person: &Person, with_factor: bool) -> Result<(), Error> {
    let now = person.engine.clock().now();
    let there = store::prove(tx, person.organization, person.session, with_factor, now).await?;
    there.then_some(()).ok_or_else(ended)
}

/// What a browser or program calls itself, for people: `Firefox on Linux`.
pub fn agent_name(agent: &str) -> String {
    let known = woothee::parser::Parser::new().parse(agent);
    if let Some(known) = known.filter(|known| known.name != woothee::woothee::VALUE_UNKNOWN) {
        return format!("{} on {}", known.name, known.os);
    }
    let first: String = agent
        .split([' ', '/'])
        .next()
        .unwrap_or_default()
        .chars()
        .take(40)
        .collect();
    if first.is_empty() {
        "Unknown program".into()
    } else {
        first
    }
}

/// Ends the oldest of somebody's sessions where there are too many.
pub(super) async fn keep_newest(tx: &mut Tx, person: &Person, with_factor: bool) -> Result<(), Error> {
    for kind in [Kind::Console, Kind::Program] {
        store::end_surplus(tx, person.organization, person.account, kind, with_factor).await?;
    }
    Ok(())
}

/// One's own sessions, the one used last first.
pub async fn sessions(call: &Call) -> Result<Vec<SessionRow>, Error> {
    let now = call.engine().clock().now();
    let mut tx = call.engine().db().read(call.organization()).await?;
    let mut rows = store::list(&mut tx, call.organization(), call.account(), now).await?;
    let idle = now - call.engine().config().session_idle;
    rows.retain(|row| row.is_program || row.seen_at > idle);
    rows.iter_mut()
        .for_each(|row| row.is_this = row.id == call.scope.session);
    Ok(rows)
}

/// Ends one of one's own sessions.
pub async fn end_session(call: &Call, id: SessionId) -> Result<(), Error> {
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let rows = store::end(&mut tx, call.organization(), call.account(), id).await?;
    crate::db::expect_one(rows, "session")?;
    note(&mut tx, call, log::SESSION_ENDED).await?;
    Ok(tx.commit_at(failpoint::SESSION_END).await?)
}

/// Ends all of one's own sessions but this one. How many.
pub async fn end_other_sessions(call: &Call) -> Result<u64, Error> {
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let ended = store::end_all(&mut tx, call.organization(), call.account(), Some(call.scope.session)).await?;
    if ended > 0 {
        note(&mut tx, call, log::SESSION_ENDED).await?;
    }
    tx.commit_at(failpoint::SESSION_END).await?;
    Ok(ended)
}

async fn note(tx: &mut Tx, call: &Call, action: &'static str) -> Result<(), Error> {
    let who = (call.organization(), call.account());
    audit::note_own(tx, call.engine(), who, call.address(), action).await
}

/// Ends the session that somebody signs out of. It is noted of those who were in.
pub async fn sign_out(engine: &Engine, who: SignedIn, from: &Client<'_>) -> Result<(), Error> {
    let mut tx = engine.db().begin(who.organization).await?;
    let standing = store::standing(&mut tx, who.organization, who.session, who.account).await?;
    let was_in = |it: Standing| Needs::of(engine.config(), it.has_factor, it.with_factor).is_none();
    if store::end(&mut tx, who.organization, who.account, who.session).await? > 0 && standing.is_some_and(was_in) {
        let account = (who.organization, who.account);
        audit::note_own(&mut tx, engine, account, from.address, log::SIGNED_OUT).await?;
    }
    Ok(tx.commit_at(failpoint::SESSION_END).await?)
}

/// Ends a session, with whatever it is renewed by.
pub(super) async fn end(tx: &mut Tx, who: SignedIn) -> Result<u64, Error> {
    Ok(store::end(tx, who.organization, who.account, who.session).await?)
}

/// Ends all sessions of an account, but for `except`.
pub(super) async fn end_all(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    except: Option<SessionId>,
) -> Result<u64, Error> {
    Ok(store::end_all(tx, organization, account, except).await?)
}

pub(crate) async fn delete_ended(engine: &Engine) -> Result<u64, Error> {
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    let rows = store::delete_ended(&mut tx, engine.clock().now()).await?;
    tx.commit_counts(failpoint::SESSION_SWEEP).await?;
    Ok(rows)
}
