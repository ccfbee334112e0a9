//! What the console's first page shows. What is counted there is counted as it happens, by [`tally`].

mod store;
#[cfg(test)]
mod tests;

use chrono::TimeDelta;
use domain::dashboard::Dashboard;

use crate::{Call, Error, lead, ledger, vault};

pub(crate) use store::{Tallied, tallied, tally};

/// The last 30 days, today included, beside the 30 before. A day is one of UTC.
pub async fn dashboard(call: &Call) -> Result<Dashboard, Error> {
    let today = call.engine().clock().now().date_naive();
    let (month, before) = (today - TimeDelta::days(29), today - TimeDelta::days(59));
    let balance = ledger::balance(call).await?;
    let recent_leads = lead::list(call, None, Some(5)).await?.items;
    let keys = vault::to_open(call.engine(), call.organization()).await?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let counts = store::counts(&mut tx, call.organization(), before, month).await?;
    let daily = store::daily(&mut tx, call.organization(), month).await?;
    let recent_questions = store::recent_questions(&mut tx, &keys, call.organization()).await?;
    Ok(Dashboard {
        scans: counts.scans,
        conversations: counts.conversations,
        leads: counts.leads,
        balance,
        daily,
        recent_questions,
        recent_leads,
        first_run: counts.first_run,
    })
}
