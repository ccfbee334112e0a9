//! What the console's first page shows, in three reads.

mod store;

use chrono::TimeDelta;
use domain::dashboard::Dashboard;

use crate::{Call, Error, lead, ledger};

/// The last 30 days beside the 30 before.
pub async fn dashboard(call: &Call) -> Result<Dashboard, Error> {
    let now = call.engine().clock().now();
    let (month, before) = (now - TimeDelta::days(30), now - TimeDelta::days(60));
    let balance = ledger::balance(call).await?;
    let recent_leads = lead::list(call, None, Some(5)).await?.items;
    let mut tx = call.engine().db().read().await?;
    let counts = store::counts(&mut tx, call.organization(), before, month).await?;
    let daily = store::daily(&mut tx, call.organization(), month).await?;
    let recent_questions = store::recent_questions(&mut tx, call.organization()).await?;
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
