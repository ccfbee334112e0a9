//! Erasure of one buyer.

use chrono::{DateTime, Utc};
use domain::{
    Fault, audit as log,
    id::{ConversationId, LeadId, OrganizationId},
    tenancy::Action,
};

use super::{
    By, Kind,
    erased::{self, Erased},
    store,
};
use crate::{
    Call, Error,
    audit::{self, Event, Target},
    chat,
    db::{DbError, Tx},
    failpoint, lead, webhook,
};

/// A conversation with the leads left in it, a lead, or both.
#[derive(Clone, Copy, Debug)]
pub(super) struct What {
    pub(super) conversation: Option<ConversationId>,
    pub(super) lead: Option<LeadId>,
}

/// Removes what was said and left, and leaves tombstones. What it comes to is [kept](erased::keep) before the commit.
pub(super) async fn erase(
    tx: &mut Tx,
    organization: OrganizationId,
    what: What,
    by: By,
    at: DateTime<Utc>,
) -> Result<Vec<Erased>, DbError> {
    let mut all = Vec::new();
    if let Some(conversation) = what.conversation {
        all.push(conversation_alone(tx, organization, conversation, by, at).await?);
    }
    for lead in lead::erase(tx, organization, what.lead, what.conversation, at).await? {
        webhook::erase(tx, organization, lead.uuid()).await?;
        let erased = Erased {
            organization,
            kind: Kind::Lead,
            id: lead.uuid(),
            by,
            at,
        };
        store::bury(tx, &erased).await?;
        all.push(erased);
    }
    Ok(all)
}

/// The same of a conversation whose leads stay.
pub(super) async fn conversation_alone(
    tx: &mut Tx,
    organization: OrganizationId,
    conversation: ConversationId,
    by: By,
    at: DateTime<Utc>,
) -> Result<Erased, DbError> {
    chat::erase(tx, organization, conversation, at).await?;
    webhook::erase(tx, organization, conversation.uuid()).await?;
    let erased = Erased {
        organization,
        kind: Kind::Conversation,
        id: conversation.uuid(),
        by,
        at,
    };
    store::bury(tx, &erased).await?;
    Ok(erased)
}

/// Erases a lead, the conversation it came from, and what else was left in that.
pub async fn erase_lead(call: &Call, id: LeadId) -> Result<(), Error> {
    call.must(Action::ErasePersonal)?;
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().begin(organization).await?;
    let found = lead::conversation_of(&mut tx, organization, id).await?;
    let conversation = found.ok_or_else(|| Error::from(Fault::not_found("lead")))?;
    let what = What {
        conversation,
        lead: Some(id),
    };
    let all = erase(&mut tx, organization, what, By::Member, engine.clock().now()).await?;
    let event = Event {
        action: log::LEAD_ERASED,
        target: Some(Target {
            kind: "lead",
            id: Some(id.uuid()),
            name: "A lead".into(),
        }),
        before: None,
        after: None,
    };
    audit::note(&mut tx, call, event).await?;
    erased::keep(engine, &all).await?;
    Ok(tx.commit_at(failpoint::ERASE).await?)
}
