use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    id::{ConversationId, LeadId, OrganizationId, PropertyId},
    lead::{Channel, Consent, Lead},
};
use uuid::Uuid;

use super::contact::Contact;
use crate::{
    Error,
    db::{DbError, Tx, execute, fetch_all, fetch_optional, later, statements},
    porch::Porch,
    vault::Keys,
};

statements! {
    INSERT_LEAD = "insert into lead (organization_id, id, bot_id, property_id, conversation_id, name, email, phone, message, sealed, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10)";
    LIST_LEADS = "select l.id, l.bot_id, coalesce(b.name, 'A removed bot') as bot_name, l.property_id, p.address as property_address,
        case when exists (select 1 from turn t where t.organization_id = l.organization_id and t.conversation_id = l.conversation_id) then l.conversation_id end as conversation_id, l.name, l.email, l.phone, l.message, l.created_at
        from lead l left join bot b on b.organization_id = l.organization_id and b.id = l.bot_id
        left join property p on p.organization_id = l.organization_id and p.id = l.property_id
        where l.organization_id = $1 and (l.id < $2 or $2 is null) and not exists
            (select 1 from tombstone t where t.organization_id = l.organization_id and t.kind = 'lead' and t.subject_id = l.id)
        order by l.id desc limit $3";
    LEADS_OF_CONVERSATION = "select l.id, l.bot_id, coalesce(b.name, 'A removed bot') as bot_name, l.property_id, p.address as property_address,
        case when exists (select 1 from turn t where t.organization_id = l.organization_id and t.conversation_id = l.conversation_id) then l.conversation_id end as conversation_id, l.name, l.email, l.phone, l.message, l.created_at
        from lead l left join bot b on b.organization_id = l.organization_id and b.id = l.bot_id
        left join property p on p.organization_id = l.organization_id and p.id = l.property_id
        where l.organization_id = $1 and l.conversation_id = $2 order by l.id desc";
    CONVERSATION_OF_LEAD = "select conversation_id from lead where organization_id = $1 and id = $2 and name <> ''";
    INSERT_CONSENT = "insert into consent (organization_id, lead_id, channel, text, version, given_at) values ($1, $2, $3, $4, $5, $6)";
    CONSENTS = "select lead_id, channel, text, version, given_at, withdrawn_at from consent
        where organization_id = $1 and lead_id >= $2 and lead_id <= $3 order by lead_id, channel";
    WITHDRAW_CONSENTS = "update consent set withdrawn_at = $3 where organization_id = $1 and withdrawn_at is null
        and lead_id in (select id from lead where organization_id = $1 and conversation_id = $2)";
    WITHDRAW_CONSENTS_OF_LEAD = "update consent set withdrawn_at = $3 where organization_id = $1 and lead_id = $2 and withdrawn_at is null";
    ERASE_LEADS = "update lead set name = '', email = case when email is null then null else '' end,
        phone = case when phone is null then null else '' end, message = '', sealed = true
        where organization_id = $1 and (id = $2 or conversation_id = $3) and name <> '' returning id";
    LEADS_OLDER = "select id from lead where organization_id = $1 and created_at < $2 and name <> '' order by id limit $3";
    ORGANIZATIONS_WITH_OPEN_LEADS = "select distinct organization_id from lead where not sealed";
    OPEN_LEADS = "select id, name, email, phone, message from lead where organization_id = $1 and not sealed order by id limit $2";
    SEAL_LEAD = "update lead set name = $3, email = $4, phone = $5, message = $6, sealed = true where organization_id = $1 and id = $2";
}

pub(super) struct NewLead<'a> {
    pub(super) id: LeadId,
    pub(super) porch: &'a Porch,
    pub(super) conversation: ConversationId,
    pub(super) contact: Contact,
}

pub(super) async fn insert(tx: &mut Tx, new: &NewLead<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_LEAD,
        new.porch.organization().uuid(),
        new.id.uuid(),
        new.porch.bot.id.uuid(),
        new.porch.property_id().map(PropertyId::uuid),
        new.conversation.uuid(),
        new.contact.name.as_str(),
        new.contact.email.as_deref(),
        new.contact.phone.as_deref(),
        new.contact.message.as_str(),
        now
    )
    .map(|_| ())
}

/// What a buyer agreed to by leaving this.
pub(super) async fn insert_consent(
    tx: &mut Tx,
    organization: OrganizationId,
    lead: LeadId,
    consent: &Consent,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_CONSENT,
        organization.uuid(),
        lead.uuid(),
        consent.channel.as_str(),
        consent.text.as_str(),
        consent.version.as_str(),
        consent.given_at
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
struct ConsentRow {
    lead_id: Uuid,
    channel: String,
    text: String,
    version: String,
    given_at: DateTime<Utc>,
    withdrawn_at: Option<DateTime<Utc>>,
}

/// Gives each lead of a list, which is in the order of their ids, what its buyer agreed to.
pub(super) async fn add_consents(tx: &mut Tx, organization: OrganizationId, leads: &mut [Lead]) -> Result<(), DbError> {
    let (Some(first), Some(last)) = (leads.first(), leads.last()) else {
        return Ok(());
    };
    let (first, last) = (first.id.min(last.id), first.id.max(last.id));
    let rows = fetch_all!(tx, ConsentRow, CONSENTS, organization.uuid(), first.uuid(), last.uuid())?;
    let mut consents = HashMap::<Uuid, Vec<Consent>>::new();
    for row in rows {
        consents.entry(row.lead_id).or_default().push(Consent {
            channel: Channel::parse(&row.channel).ok_or(DbError::Corrupt {
                what: "channel",
                value: row.channel,
            })?,
            text: row.text,
            version: row.version,
            given_at: row.given_at,
            withdrawn_at: row.withdrawn_at,
        });
    }
    for lead in leads {
        lead.consents = consents.remove(&lead.id.uuid()).unwrap_or_default();
    }
    Ok(())
}

/// How many consents of this conversation's leads were withdrawn.
pub(crate) async fn withdraw(
    tx: &mut Tx,
    organization: OrganizationId,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(tx, WITHDRAW_CONSENTS, organization.uuid(), conversation.uuid(), now)
}

/// The conversation of a lead, if it is there, not erased, and has one.
pub(crate) async fn conversation_of(
    tx: &mut Tx,
    organization: OrganizationId,
    lead: LeadId,
) -> Result<Option<Option<ConversationId>>, DbError> {
    let row = fetch_optional!(
        tx,
        (Option<Uuid>,),
        CONVERSATION_OF_LEAD,
        organization.uuid(),
        lead.uuid()
    )?;
    Ok(row.map(|(id,)| id.map(ConversationId::from)))
}

/// Blanks a lead and those of a conversation, and ends their consents; which ones.
pub(crate) async fn erase(
    tx: &mut Tx,
    organization: OrganizationId,
    lead: Option<LeadId>,
    conversation: Option<ConversationId>,
    now: DateTime<Utc>,
) -> Result<Vec<LeadId>, DbError> {
    let (lead, conversation) = (lead.map(LeadId::uuid), conversation.map(ConversationId::uuid));
    let rows = fetch_all!(tx, (Uuid,), ERASE_LEADS, organization.uuid(), lead, conversation)?;
    for (id,) in &rows {
        later!(tx, WITHDRAW_CONSENTS_OF_LEAD, organization.uuid(), *id, now)?;
    }
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The oldest that were left before a moment and are not erased.
pub(crate) async fn older(
    tx: &mut Tx,
    organization: OrganizationId,
    before: DateTime<Utc>,
    most: i64,
) -> Result<Vec<LeadId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), LEADS_OLDER, organization.uuid(), before, most)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
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
    keys: &Keys,
    organization: OrganizationId,
    after: Option<LeadId>,
    limit: i64,
) -> Result<Vec<Lead>, Error> {
    let rows = fetch_all!(
        tx,
        LeadRow,
        LIST_LEADS,
        organization.uuid(),
        after.map(LeadId::uuid),
        limit
    )?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

/// Those left in a conversation, newest first.
pub(super) async fn of_conversation(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    conversation: ConversationId,
) -> Result<Vec<Lead>, Error> {
    let (organization, conversation) = (organization.uuid(), conversation.uuid());
    let rows = fetch_all!(tx, LeadRow, LEADS_OF_CONVERSATION, organization, conversation)?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

impl LeadRow {
    fn open(self, keys: &Keys) -> Result<Lead, Error> {
        let row = self;
        let id = LeadId::from(row.id);
        let kept = Contact {
            name: row.name,
            email: row.email,
            phone: row.phone,
            message: row.message,
        };
        let contact = kept.open(keys, id)?;
        Ok(Lead {
            id,
            bot_id: row.bot_id.into(),
            bot_name: row.bot_name,
            property_id: row.property_id.map(PropertyId::from),
            property_address: row.property_address,
            conversation_id: row.conversation_id.map(ConversationId::from),
            name: contact.name,
            email: contact.email,
            phone: contact.phone,
            message: contact.message,
            consents: Vec::new(),
            created_at: row.created_at,
        })
    }
}

/// Whose leads of before are not sealed yet.
pub(super) async fn organizations_with_open_leads(tx: &mut Tx) -> Result<Vec<OrganizationId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), ORGANIZATIONS_WITH_OPEN_LEADS)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// Seals the oldest `most` that are not; how many there were.
pub(super) async fn seal_leads(
    tx: &mut Tx,
    keys: &Keys,
    organization: OrganizationId,
    most: i64,
) -> Result<usize, Error> {
    type Row = (Uuid, String, Option<String>, Option<String>, String);
    let rows = fetch_all!(tx, Row, OPEN_LEADS, organization.uuid(), most)?;
    let found = rows.len();
    for (id, name, email, phone, message) in rows {
        let open = Contact {
            name,
            email,
            phone,
            message,
        };
        let c = open.seal(keys, id.into())?;
        execute!(
            tx,
            SEAL_LEAD,
            organization.uuid(),
            id,
            c.name,
            c.email,
            c.phone,
            c.message
        )?;
    }
    Ok(found)
}
