//! The people of an organization: their roles, and who is switched off.

use domain::{
    Fault, FaultCode,
    id::AccountId,
    tenancy::{Action, Member, MemberChange, Role, may},
};

use super::{session, store};
use crate::{Call, Error, failpoint};

/// Everybody, in the order they came; the switched-off ones, too.
pub async fn members(call: &Call) -> Result<Vec<Member>, Error> {
    let mut tx = call.engine().db().read().await?;
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
    if change.role.is_some() {
        call.must_have_proved()?;
    }
    if !transfers && change.role.is_some_and(|role| !role.can_be_given()) {
        return Err(Fault::field("role", "Choose admin or realtor.").into());
    }
    if id == call.account() {
        return Err(refused(
            "Nobody changes their own role. Ask another admin, or the owner.",
        ));
    }
    let (organization, now) = (call.organization(), call.engine().clock().now());
    let mut tx = call.engine().db().begin().await?;
    let found = store::members(&mut tx, organization, Some(id)).await?.pop();
    let found = found.ok_or_else(|| Error::from(Fault::not_found("member")))?;
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
    }
    if !member.is_active || !may(member.role, Action::ManagePeople) {
        // What they have offered must not bring back what was taken from them.
        store::revoke_all_by(&mut tx, organization, id, now).await?;
    }
    tx.commit_at(failpoint::MEMBER_CHANGE).await?;
    tracing::info!(account.id = %id, role = member.role.as_str(), active = member.is_active, "Changed member `{id}`");
    Ok(member)
}

fn refused(why: &str) -> Error {
    Fault::new(FaultCode::Forbidden, why).into()
}
