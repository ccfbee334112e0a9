//! The platform's own people. They belong to no organization: an [`Operator`] is no [`crate::Call`], so that no use case of a
//! tenant takes one. They see organizations, how these are, and licences to decide on; what buyers said only through
//! [`crate::support`].

mod enter;
mod store;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use domain::{
    Fault, audit as log,
    id::{AccountId, OperatorId, OrganizationId},
    operator::{Decision, DecisionForm, Health, LicenceCase, Overview},
    page::{self, Page},
};
use uuid::Uuid;

use crate::{
    Engine, Error,
    audit::{self, Actor, Event, Target},
    db::Reach,
    failpoint,
    files::link::Link,
    licence, vault,
};

pub use enter::{Entered, Invited, add, enter, invited, of_session, remove, set_up, sign_out};

/// Somebody of the platform who has signed in with both factors. Only this module makes one.
#[derive(Clone, Debug)]
pub struct Operator {
    engine: Engine,
    id: OperatorId,
    name: String,
    address: Option<IpAddr>,
}

impl Operator {
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }
    pub const fn id(&self) -> OperatorId {
        self.id
    }
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who they are in an organization's own log.
    pub(crate) fn actor(&self, organization: OrganizationId) -> Actor {
        Actor {
            organization,
            account: None,
            name: format!("{} (Porchlight operator)", self.name),
            address: self.address,
        }
    }
}

/// How the platform is.
pub async fn health(operator: &Operator) -> Result<Health, Error> {
    Ok(store::health(&mut operator.engine.db().read(Reach::Everyone).await?).await?)
}

/// Organizations, newest first: counts, and nothing that a buyer said.
pub async fn organizations(
    operator: &Operator,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Overview>, Error> {
    let after = after.map(str::parse::<OrganizationId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = operator.engine.db().read(Reach::Everyone).await?;
    let rows = store::overviews(&mut tx, None, after, i64::from(limit) + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// One of them.
pub async fn organization(operator: &Operator, id: OrganizationId) -> Result<Overview, Error> {
    let mut tx = operator.engine.db().read(id).await?;
    let found = store::overviews(&mut tx, Some(id), None, 1).await?.pop();
    found.ok_or_else(|| Fault::not_found("organization").into())
}

/// The licences of an organization's people.
pub async fn licences(operator: &Operator, organization: OrganizationId) -> Result<Vec<LicenceCase>, Error> {
    licence::cases(&operator.engine, organization).await
}

/// A link to the document that somebody has sent of their licence. Judging it is an operator's work and needs no leave; that it
/// was looked at stands in the organization's log first.
pub async fn licence_document(
    operator: &Operator,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Link, Error> {
    let link = licence::link_of(&operator.engine, organization, account).await?;
    let event = Event {
        action: log::LICENCE_LOOKED,
        target: Some(Target {
            kind: "member",
            id: Some(account.uuid()),
            name: "A licence".into(),
        }),
        before: None,
        after: None,
    };
    let mut tx = operator.engine.db().begin(organization).await?;
    audit::note_as(&mut tx, &operator.engine, &operator.actor(organization), event).await?;
    tx.commit_at(failpoint::OPERATOR_CHANGE).await?;
    Ok(link)
}

/// Verifies or refuses a licence. The reason stands in the organization's log, and where it is refused in the letter.
pub async fn decide(
    operator: &Operator,
    organization: OrganizationId,
    account: AccountId,
    form: &DecisionForm,
) -> Result<(), Error> {
    let decision: Decision = form.check()?;
    let by = operator.actor(organization);
    licence::decide_by_hand(&operator.engine, (organization, account), &decision, &by).await
}

/// Wraps what is sealed of operators with the newest master key. How many were wrapped anew.
pub(crate) async fn rewrap(engine: &Engine) -> Result<u64, Error> {
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    let mut changed = 0;
    for (id, which, sealed) in store::secrets(&mut tx).await? {
        if let Some(anew) = vault::rewrapped(engine, at(id), &sealed)? {
            store::rewrap(&mut tx, id, which, &anew).await?;
            changed += 1;
        }
    }
    if changed > 0 {
        tx.commit_at(failpoint::KEY_ROTATE).await?;
    }
    Ok(changed)
}

/// Where the secret of an operator's app stands.
const fn at(id: Uuid) -> vault::Place {
    vault::Place {
        column: "operator.totp",
        row: id,
    }
}
