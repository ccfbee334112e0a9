use chrono::{DateTime, Utc};
use domain::{
    id::{ConversationId, LeadId, OrganizationId, PropertyId},
    lead::{CheckedLead, Lead},
};
use uuid::Uuid;

use crate::{
    db::{DbError, Tx, execute, fetch_all, statements},
    porch::Porch,
};

statements! {
    INSERT_LEAD = "insert into lead (organization_id, id, bot_id, property_id, conversation_id, name, email, phone, message, consent, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    LIST_LEADS = "select l.id, l.bot_id, coalesce(b.name, 'A removed bot') as bot_name, l.property_id, p.address as property_address, l.conversation_id, l.name, l.email, l.phone, l.message, l.created_at
        from lead l left join bot b on b.organization_id = l.organization_id and b.id = l.bot_id
        left join property p on p.organization_id = l.organization_id and p.id = l.property_id
        where l.organization_id = $1 and (l.id < $2 or $2 is null) order by l.id desc limit $3";
}

pub(super) struct NewLead<'a> {
    pub(super) id: LeadId,
    pub(super) porch: &'a Porch,
    pub(super) conversation: Option<ConversationId>,
    pub(super) form: &'a CheckedLead,
    pub(super) consent: String,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewLead<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_LEAD,
        new.porch.organization().uuid(),
        new.id.uuid(),
        new.porch.bot.id.uuid(),
        new.porch.property_id().map(PropertyId::uuid),
        new.conversation.map(ConversationId::uuid),
        new.form.name.as_str(),
        new.form.email.as_ref().map(|e| e.as_str()),
        new.form.phone.as_ref().map(|p| p.as_str()),
        new.form.message.as_str(),
        new.consent.as_str(),
        now
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
struct LeadRow {
    id: Uuid,
    bot_id: Uuid,
    bot_name: String,
    property_id: Option<Uuid>,
    property_address: Option<String>,
    conversation_id: Option<Uuid>,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    message: String,
    created_at: DateTime<Utc>,
}

pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    after: Option<LeadId>,
    limit: i64,
) -> Result<Vec<Lead>, DbError> {
    let rows = fetch_all!(
        tx,
        LeadRow,
        LIST_LEADS,
        organization.uuid(),
        after.map(LeadId::uuid),
        limit
    )?;
    let lead = |row: LeadRow| Lead {
        id: row.id.into(),
        bot_id: row.bot_id.into(),
        bot_name: row.bot_name,
        property_id: row.property_id.map(PropertyId::from),
        property_address: row.property_address,
        conversation_id: row.conversation_id.map(ConversationId::from),
        name: row.name,
        email: row.email,
        phone: row.phone,
        message: row.message,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(lead).collect())
}
