//! What happened in an organization, day by day.

mod store;

use domain::{
    analytics::{ConversationDay, LeadDay, ScanDay, Span},
    id::{BotId, CodeId, PropertyId},
};

use crate::{Call, Error};

/// The days to look at, out of what was typed.
pub fn span(call: &Call, first: Option<&str>, last: Option<&str>) -> Result<Span, Error> {
    let today = call.engine().clock().now().date_naive();
    Ok(Span::check(first, last, today)?)
}

/// Visits by people, of one code or one property where named. Days without any are left out.
pub async fn scans(
    call: &Call,
    span: Span,
    code: Option<CodeId>,
    property: Option<PropertyId>,
) -> Result<Vec<ScanDay>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::scans(&mut tx, call.organization(), span, code, property).await?)
}

/// Buyers' conversations and questions, of one bot where named. Days without any are left out.
pub async fn conversations(call: &Call, span: Span, bot: Option<BotId>) -> Result<Vec<ConversationDay>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::conversations(&mut tx, call.organization(), span, bot).await?)
}

/// Leads, of one bot where named. Days without any are left out.
pub async fn leads(call: &Call, span: Span, bot: Option<BotId>) -> Result<Vec<LeadDay>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::leads(&mut tx, call.organization(), span, bot).await?)
}
