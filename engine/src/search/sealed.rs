//! Looks through what is sealed: the newest of it is opened and compared here, as no database can.

use std::collections::BTreeMap;

use domain::{
    id::{ConversationId, OrganizationId},
    search::{Found, FoundKind},
};

use super::MOST;
use crate::{Error, chat, db::Tx, lead, vault::Keys};

/// The walk ends, however many an organization has. Opening one takes some microseconds.
const LEADS: i64 = 2_000;
const QUESTIONS: i64 = 5_000;

/// `wanted` is in lower case.
pub(super) async fn leads(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    wanted: &str,
) -> Result<Vec<Found>, Error> {
    let leads = lead::newest(tx, keys, organization, LEADS).await?;
    let matching = leads.into_iter().filter(|lead| {
        let parts = [
            Some(&lead.name),
            lead.email.as_ref(),
            lead.phone.as_ref(),
            Some(&lead.message),
        ];
        let text: Vec<&str> = parts.into_iter().map(|part| part.map_or("", String::as_str)).collect();
        text.join(" ").to_lowercase().contains(wanted)
    });
    let found = matching.take(MOST).map(|lead| Found {
        kind: FoundKind::Lead,
        id: lead.id.uuid(),
        title: lead.name,
        note: lead.email.or(lead.phone).unwrap_or_default(),
    });
    Ok(found.collect())
}

/// Each with the first of its questions, by the alphabet, that holds what is wanted.
pub(super) async fn conversations(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    wanted: &str,
) -> Result<Vec<Found>, Error> {
    let mut titles = BTreeMap::<ConversationId, String>::new();
    for (conversation, question) in chat::newest_questions(tx, keys, organization, QUESTIONS).await? {
        if question.to_lowercase().contains(wanted) {
            let title = titles.entry(conversation).or_insert_with(|| question.clone());
            if question < *title {
                *title = question;
            }
        }
    }
    let found = titles.into_iter().rev().take(MOST).map(|(conversation, title)| Found {
        kind: FoundKind::Conversation,
        id: conversation.uuid(),
        title,
        note: String::new(),
    });
    Ok(found.collect())
}
