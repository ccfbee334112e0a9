use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::LicenceView;
use crate::error::AppError;

/// One's licence, and the states that give one.
#[server(prefix = "/_fn", endpoint = "licence/get", input = GetUrl)]
pub async fn get_licence() -> Result<LicenceView, AppError> {
    use domain::licence::{Licence, states};

    use super::LicenceRow;
    use crate::fns::when::{When, day};

    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let row = |licence: Licence| LicenceRow {
        line: licence.line(),
        state: licence.state.unwrap_or_default(),
        number: licence.number.unwrap_or_default(),
        kind: licence.kind,
        status: licence.status,
        reason: licence.reason,
        expires_on: licence
            .expires_on
            .map(|last| day(last.and_time(chrono::NaiveTime::MIN).and_utc())),
        checked: licence.checked_at.map(|at| When::new(at, now)),
        document: licence.document,
    };
    Ok(LicenceView {
        states: states().map(|(code, name)| (code.to_owned(), name)).collect(),
        is_required: call.engine().config().require_licence,
        licence: engine::licence::mine(&call).await?.map(row),
    })
}
