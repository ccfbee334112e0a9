//! The buyer's own wishes. Who holds the secret of a conversation is who had it.

use domain::{
    Fault, audit as log,
    chat::Turn,
    id::{ConversationId, OrganizationId},
    lead::Lead,
};

use super::{By, erase, erased};
use crate::{
    Error,
    audit::{self, Actor, Event, Target},
    chat, failpoint, lead,
    porch::Porch,
    vault,
};

/// What is known of a visitor.
#[derive(Debug)]
pub struct Known {
    /// Oldest first.
    pub turns: Vec<Turn>,
    /// Newest first, each with what was agreed to.
    pub leads: Vec<Lead>,
}

/// Nothing where the secret is absent, or none of this porch's.
pub async fn known(porch: &Porch, session: Option<&str>) -> Result<Option<Known>, Error> {
    let Some(conversation) = chat::conversation_of(porch, session).await? else {
        return Ok(None);
    };
    let keys = vault::to_open(porch.engine(), porch.organization()).await?;
    let mut tx = porch.engine().db().read(porch.organization()).await?;
    let turns = chat::turns(&mut tx, &keys, porch.organization(), conversation).await?;
    let leads = lead::of_conversation(&mut tx, &keys, porch.organization(), conversation).await?;
    Ok(Some(Known { turns, leads }))
}

async fn own(porch: &Porch, session: Option<&str>) -> Result<ConversationId, Error> {
    let found = chat::conversation_of(porch, session).await?;
    found.ok_or_else(|| Fault::not_found("conversation").into())
}

fn buyer(organization: OrganizationId) -> Actor {
    Actor {
        organization,
        account: None,
        name: "A buyer".into(),
        address: None,
    }
}

fn event(action: &'static str, conversation: ConversationId) -> Event<'static> {
    Event {
        action,
        target: Some(Target {
            kind: "conversation",
            id: Some(conversation.uuid()),
            name: "A conversation".into(),
        }),
        before: None,
        after: None,
    }
}

/// Erases the visitor's conversation and the leads left in it.
pub async fn forget(porch: &Porch, session: Option<&str>) -> Result<(), Error> {
    let (engine, organization) = (porch.engine(), porch.organization());
    let conversation = own(porch, session).await?;
    let mut tx = engine.db().begin(organization).await?;
    let what = erase::What {
        conversation: Some(conversation),
        lead: None,
    };
    let all = erase::erase(&mut tx, organization, what, By::Buyer, engine.clock().now()).await?;
    audit::note_as(
        &mut tx,
        engine,
        &buyer(organization),
        event(log::BUYER_ERASED, conversation),
    )
    .await?;
    erased::keep(engine, &all).await?;
    Ok(tx.commit_at(failpoint::ERASE).await?)
}

/// Withdraws every consent that the visitor has given in their conversation.
pub async fn withdraw(porch: &Porch, session: Option<&str>) -> Result<(), Error> {
    let (engine, organization) = (porch.engine(), porch.organization());
    let conversation = own(porch, session).await?;
    let mut tx = engine.db().begin(organization).await?;
    if lead::withdraw(&mut tx, organization, conversation, engine.clock().now()).await? == 0 {
        return Ok(());
    }
    let noted = event(log::CONSENT_WITHDRAWN, conversation);
    audit::note_as(&mut tx, engine, &buyer(organization), noted).await?;
    Ok(tx.commit_at(failpoint::WITHDRAW).await?)
}
