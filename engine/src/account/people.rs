//! The people of an organization: their roles, and who is switched off.

use domain::{
    Fault, FaultCode, audit as log,
    id::AccountId,
    tenancy::{Action, Member, MemberChange, Role, may},
};
use serde_json::{Value, json};

use super::{api_key, session, store};
use crate::{
    Call, Error,
    audit::{self, Event, Target},
    failpoint,
    version::Version,
};

/// Everybody, in the order they came; the switched-off ones, too.
pub async fn members(call: &Call) -> Result<Vec<Member>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::members(&mut tx, call.organization(), None).await?)
}

/// Gives a member another role, or switches them off or on again. Holds from their next request on. The owner's own role is
/// given away whole: who hands it over becomes an admin.
pub async fn change(call: &Call, id: AccountId, change: MemberChange) -> Result<Member, Error> {
    call.must(Action::ManagePeople)?;
    let transfers = change.role == Some(Role::Owner);
    if transfers {
        call.must(Action::TransferOwnership)?;
    }
    call.must_have_proved()?;
    if !transfers && change.role.is_some_and(|role| !role.can_be_given()) {
        return Err(Fault::field("role", "Choose admin or realtor.").into());
    }
    if id == call.account() {
        return Err(refused(
            "Nobody changes their own role. Ask another admin, or the owner.",
        ));
    }
    let (organization, now) = (call.organization(), call.engine().clock().now());
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let found = store::member_to_change(&mut tx, organization, id).await?;
    let found = found.ok_or_else(|| Error::from(Fault::not_found("member")))?;
    call.must_have_seen(Version::of(&found))?;
    if found.role == Role::Owner {
        return Err(refused(
            "The owner stays the owner until they hand the organization over.",
        ));
    }
    let done = match transfers {
        true => store::transfer(&mut tx, organization, call.account(), id, now).await?,
        false => store::change(&mut tx, organization, id, change, now).await?,
    };
    let member = store::members(&mut tx, organization, Some(id)).await?.pop();
    let Some(member) = member.filter(|_| done) else {
        let text = "This member cannot be changed like that now. Look at the list again.";
        return Err(Fault::new(FaultCode::Conflict, text).into());
    };
    if !member.is_active {
        session::end_all(&mut tx, organization, id, None).await?;
        api_key::revoke_all(&mut tx, organization, id).await?;
    }
    let withdrawn = match member.is_active && may(member.role, Action::ManagePeople) {
        true => 0,
        // What they have offered must not bring back what was taken from them.
        false => store::revoke_all_by(&mut tx, organization, id, now).await?,
    };
    for event in events(&found, &member, withdrawn) {
        audit::note(&mut tx, call, event).await?;
    }
    tx.commit_at(failpoint::MEMBER_CHANGE).await?;
    tracing::info!(account.id = %id, role = member.role.as_str(), active = member.is_active, "Changed member `{id}`");
    Ok(member)
}

/// What is noted of a change: another role is one thing, being switched off or on another. With the last of them it is said how
/// many invitations of theirs ended by it.
fn events(found: &Member, member: &Member, withdrawn: u64) -> Vec<Event<'static>> {
    let event = |action, before: Value, after: Value| Event {
        action,
        target: Some(Target {
            kind: "member",
            id: Some(member.id.uuid()),
            name: member.full_name().into(),
        }),
        before: Some(before),
        after: Some(after),
    };
    let role = (found.role != member.role).then(|| {
        let action = match member.role {
            Role::Owner => log::MEMBER_MADE_OWNER,
            _ => log::MEMBER_ROLE_CHANGED,
        };
        event(action, json!({ "role": found.role }), json!({ "role": member.role }))
    });
    let active = (found.is_active != member.is_active).then(|| {
        let action = match member.is_active {
            true => log::MEMBER_SWITCHED_ON,
            false => log::MEMBER_SWITCHED_OFF,
        };
        let (before, after) = (
            json!({ "active": found.is_active }),
            json!({ "active": member.is_active }),
        );
        event(action, before, after)
    });
    let mut events: Vec<_> = role.into_iter().chain(active).collect();
    let last = events.last_mut().and_then(|event| event.after.as_mut());
    if let Some(after) = last.filter(|_| withdrawn > 0) {
        after["invitations_withdrawn"] = withdrawn.into();
    }
    events
}

/// Ends all sessions of a member, who signs in again: for a phone that was lost. How many.
pub async fn sign_out_member(call: &Call, id: AccountId) -> Result<u64, Error> {
    call.must(Action::ManagePeople)?;
    let organization = call.organization();
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let found = store::members(&mut tx, organization, Some(id)).await?.pop();
    let found = found.ok_or_else(|| Error::from(Fault::not_found("member")))?;
    if found.role == Role::Owner && id != call.account() {
        return Err(refused("Only the owner signs the owner out."));
    }
    let ended = session::end_all(&mut tx, organization, id, None).await?;
    if ended > 0 {
        let event = Event {
            action: log::MEMBER_SIGNED_OUT,
            target: Some(Target {
                kind: "member",
                id: Some(id.uuid()),
                name: found.full_name().into(),
            }),
            before: None,
            after: None,
        };
        audit::note(&mut tx, call, event).await?;
    }
    tx.commit_at(failpoint::SESSION_END).await?;
    Ok(ended)
}

fn refused(why: &str) -> Error {
    Fault::new(FaultCode::Forbidden, why).into()
}
