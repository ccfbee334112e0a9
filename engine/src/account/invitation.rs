//! Invitations: a link with a secret, for one address and one role, once, within a week.

use chrono::TimeDelta;
use domain::{
    Fault, FaultCode, audit as log,
    id::{AccountId, InvitationId},
    tenancy::{Action, INVITATIONS_A_DAY, INVITED_FOR, Invitation, InviteForm, JoinForm, Offer},
};

use serde_json::json;

use super::{
    Client, Kind, SignedIn,
    link::{hash, new_token},
    session, store,
};
use crate::{
    Call, Engine, Error,
    audit::{self, Actor, Event, Target},
    config::Mode,
    db::Reach,
    error::OnUnique,
    failpoint,
    mail::{self, Letter},
    request,
};

/// Invites somebody by a letter. An earlier invitation to the same address ends. In demo mode, where letters are files, the path
/// of the link is given, too; in production nobody but the address learns it, so that who accepts has proved to read its letters.
pub async fn invite(call: &Call, form: &InviteForm) -> Result<(Invitation, Option<String>), Error> {
    call.must(Action::ManagePeople)?;
    call.must_have_proved()?;
    let (email, role) = form.check()?;
    let (organization, clock) = (call.organization(), call.engine().clock());
    let (id, now, token) = (clock.new_id::<InvitationId>(), clock.now(), new_token());
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let people = store::members(&mut tx, organization, None).await?;
    if people.iter().any(|member| member.email == email.as_str()) {
        let fault = Fault::field("email", "They are one of you already; see the list.");
        return Err(fault.into());
    }
    let today = store::invited_since(&mut tx, organization, now - TimeDelta::days(1)).await?;
    if today >= INVITATIONS_A_DAY {
        let text = format!(
            "{INVITATIONS_A_DAY} people were invited within a day, which is as many as may be. Invite more tomorrow."
        );
        return Err(Fault::new(FaultCode::TooMany, text).into());
    }
    let inviter = people.iter().find(|member| member.id == call.account());
    let invited_by = inviter.map(domain::tenancy::Member::full_name).unwrap_or_default();
    let new = store::NewInvitation {
        id,
        email: &email,
        role,
        token_hash: &hash(&token),
        invited_by: call.account(),
        expires_at: now + INVITED_FOR,
    };
    store::invite(&mut tx, organization, &new, now).await?;
    let config = call.engine().config();
    let path = format!("/invitation/{token}");
    let letter = Letter {
        to: &email,
        subject: format!("{invited_by} invites you to Porchlight"),
        text: format!(
            "{invited_by} invites you to work together on Porchlight as {}. Open this page to join:\n\n{}{path}\n\nThe link holds for \
             seven days and once. If you do not know what this is about, do nothing.",
            role.as_str(),
            config.public_url,
        ),
    };
    mail::post(&mut tx, call.engine(), &letter).await?;
    let event = Event {
        action: log::INVITATION_SENT,
        target: Some(target(id, email.as_str())),
        before: None,
        after: Some(json!({ "role": role })),
    };
    audit::note(&mut tx, call, event).await?;
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::INVITE).await?;
    mail::ring(call.engine());
    let invitation = Invitation {
        id,
        email: email.as_str().to_owned(),
        role,
        invited_by,
        created_at: now,
        expires_at: new.expires_at,
    };
    Ok((invitation, (config.mode == Mode::Demo).then_some(path)))
}

/// Those that can still be accepted, newest first.
pub async fn invitations(call: &Call) -> Result<Vec<Invitation>, Error> {
    call.must(Action::ManagePeople)?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::invitations(&mut tx, call.organization(), call.engine().clock().now()).await?)
}

/// Ends an invitation before it was accepted.
pub async fn revoke(call: &Call, id: InvitationId) -> Result<(), Error> {
    call.must(Action::ManagePeople)?;
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let revoked = store::revoke(&mut tx, call.organization(), id, call.engine().clock().now()).await?;
    let (email, role) = revoked.ok_or_else(|| Error::from(Fault::not_found("invitation")))?;
    let event = Event {
        action: log::INVITATION_WITHDRAWN,
        target: Some(target(id, &email)),
        before: Some(json!({ "role": role })),
        after: None,
    };
    audit::note(&mut tx, call, event).await?;
    Ok(tx.commit_at(failpoint::REVOKE).await?)
}

/// What the link of an invitation offers.
pub async fn offer(engine: &Engine, token: &str) -> Result<Offer, Error> {
    Ok(invited(engine, token).await?.offer)
}

async fn invited(engine: &Engine, token: &str) -> Result<store::Invited, Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let found = store::invited(&mut tx, &hash(token), engine.clock().now()).await?;
    found.ok_or_else(gone)
}

/// Makes the account that an invitation offers, with the address it was sent to.
pub async fn accept(engine: &Engine, token: &str, form: &JoinForm, from: &Client<'_>) -> Result<SignedIn, Error> {
    form.check("")?;
    let invited = invited(engine, token).await?;
    let form = form.check(&invited.offer.email)?;
    let about = [
        &invited.offer.organization,
        &form.first_name,
        &form.last_name,
        &invited.offer.email,
    ]
    .map(String::as_str);
    let password = engine.passwords().hash(form.password, &about).await?;
    let (account, now) = (engine.clock().new_id::<AccountId>(), engine.clock().now());
    let mut tx = engine.db().begin(invited.organization).await?;
    if !store::accept(&mut tx, invited.organization, invited.id, now).await? {
        return Err(gone());
    }
    let new = store::NewAccount {
        organization: invited.organization,
        id: account,
        email: &invited.offer.email.parse()?,
        hash: &password,
        first_name: &form.first_name,
        last_name: &form.last_name,
        role: invited.offer.role,
        email_verified_at: (engine.config().mode == Mode::Production).then_some(now),
    };
    // In production nobody learns who has an account here.
    let known = || match engine.config().mode {
        Mode::Production => used(),
        Mode::Demo => {
            let text =
                "This address has an account with another organization. Ask for an invitation to another address.";
            Fault::new(FaultCode::Conflict, text)
        }
    };
    store::insert(&mut tx, &new, now).await.on_unique(known)?;
    let who = (invited.organization, account, invited.offer.role);
    let signed_in = session::begin(&mut tx, engine, who, Kind::Console, from).await?;
    let actor = Actor {
        organization: invited.organization,
        account: Some(account),
        name: format!("{} {}", form.first_name, form.last_name),
        address: from.address,
    };
    let event = Event {
        action: log::INVITATION_ACCEPTED,
        target: Some(target(invited.id, &invited.offer.email)),
        before: None,
        after: Some(json!({ "role": invited.offer.role })),
    };
    audit::note_as(&mut tx, engine, &actor, event).await?;
    tx.commit_at(failpoint::JOIN).await?;
    tracing::info!(account.id = %account, organization.id = %invited.organization, "`{account}` joined");
    Ok(signed_in)
}

/// An invitation, by the address it was sent to.
fn target(id: InvitationId, email: &str) -> Target<'_> {
    Target {
        kind: "invitation",
        id: Some(id.uuid()),
        name: email.into(),
    }
}

fn gone() -> Error {
    used().into()
}

fn used() -> Fault {
    let text = "This invitation was used, withdrawn or has run out. Ask for another one.";
    Fault::new(FaultCode::NotFound, text)
}
