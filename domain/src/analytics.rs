//! What happened, day by day. A day is one of UTC.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Fault, audit::day, fault::Checks};

/// The most days that one question covers.
pub const DAYS_MAX: i64 = 366;

/// From one day to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl Span {
    /// Out of what was typed, `2026-05-31` each. Without a last day it ends today; without a first day it has thirty.
    pub fn check(first: Option<&str>, last: Option<&str>, today: NaiveDate) -> Result<Self, Fault> {
        let mut checks = Checks::default();
        let mut typed = |field, text: Option<&str>| text.and_then(|text| checks.take(field, day(text)));
        let (from, to) = (typed("start_date", first), typed("end_date", last));
        checks.finish()?;
        let last = to.unwrap_or(today);
        let first = from.unwrap_or(last - TimeDelta::days(29));
        let days = (last - first).num_days() + 1;
        if days < 1 {
            return Err(Fault::field("end_date", "The last day is before the first one."));
        }
        if days > DAYS_MAX {
            return Err(Fault::field("start_date", format!("Ask for at most {DAYS_MAX} days.")));
        }
        Ok(Self { first, last })
    }

    /// From when to before when.
    pub fn times(self) -> (DateTime<Utc>, DateTime<Utc>) {
        let midnight = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
        let end = self.last.checked_add_days(Days::new(1)).unwrap_or(self.last);
        (midnight(self.first), midnight(end))
    }
}

/// The visits through codes on one day, made by people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScanDay {
    pub date: NaiveDate,
    pub scans: i64,
    /// Those that were charged: the first of each visitor within an hour.
    pub counted: i64,
}

/// What buyers asked on one day. The realtors' own tries are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationDay {
    pub date: NaiveDate,
    /// Begun on that day.
    pub conversations: i64,
    pub questions: i64,
    /// Questions that were not answered.
    pub unanswered: i64,
}

/// Who left a way to be reached on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeadDay {
    pub date: NaiveDate,
    pub leads: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: Option<&str>, last: Option<&str>) -> Result<(String, String), String> {
        let today = NaiveDate::from_ymd_opt(2026, 5, 4).unwrap();
        let span = Span::check(first, last, today).map_err(|fault| fault.fields[0].field.clone())?;
        Ok((span.first.to_string(), span.last.to_string()))
    }

    #[test]
    fn a_span_has_both_its_days() {
        let is = |first: &str, last: &str| Ok((first.to_owned(), last.to_owned()));
        assert_eq!(span(None, None), is("2026-04-05", "2026-05-04"));
        assert_eq!(span(Some("2026-05-01"), None), is("2026-05-01", "2026-05-04"));
        assert_eq!(span(None, Some("2026-03-31")), is("2026-03-02", "2026-03-31"));
        assert_eq!(
            span(Some("2024-02-29"), Some("2024-02-29")),
            is("2024-02-29", "2024-02-29")
        );
        assert_eq!(
            span(Some("2025-01-01"), Some("2026-01-01")),
            is("2025-01-01", "2026-01-01")
        );
        assert_eq!(span(Some("2025-01-01"), Some("2026-01-02")), Err("start_date".into()));
        assert_eq!(span(Some("2026-05-02"), Some("2026-05-01")), Err("end_date".into()));
        assert_eq!(span(Some("May"), None), Err("start_date".into()));
        assert_eq!(span(None, Some("2026-02-30")), Err("end_date".into()));
        let one = Span::check(Some("2026-05-01"), Some("2026-05-01"), NaiveDate::MIN).unwrap();
        let (from, to) = one.times();
        assert_eq!((to - from).num_hours(), 24);
    }
}
