//! Moments, written on the server in the words a page shows: the browser needs no clock and no time zone for them.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// A moment both ways: how long ago, and exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// `3 min ago`, `2 days ago`, `12 Mar 2026`.
    pub ago: String,
    /// `2026-03-12 14:05 UTC`.
    pub exact: String,
}

impl When {
    pub fn new(at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self {
            ago: ago(at, now),
            exact: exact(at),
        }
    }

    /// A moment ahead: the day says it.
    pub fn ahead(at: DateTime<Utc>) -> Self {
        Self {
            ago: day(at),
            exact: exact(at),
        }
    }

    /// The form that a `datetime` attribute takes.
    pub fn machine(&self) -> String {
        self.exact.replace(" UTC", "Z")
    }
}

fn exact(at: DateTime<Utc>) -> String {
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02} UTC",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute()
    )
}

/// Past a month the date says more than the distance. A moment ahead of the clock reads as now.
fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - at).num_minutes();
    let some = |n: i64, noun: &str| format!("{n} {noun}{} ago", if n == 1 { "" } else { "s" });
    match minutes {
        ..1 => "just now".into(),
        1..60 => format!("{minutes} min ago"),
        60..1440 => some(minutes / 60, "hour"),
        1440..43_200 => some(minutes / 1440, "day"),
        _ => day(at),
    }
}

/// `12 Mar 2026`.
pub fn day(at: DateTime<Utc>) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS.get(at.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", at.day(), at.year())
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone};

    use super::*;

    #[test]
    fn distances_read_as_a_person_says_them() {
        let now = Utc.with_ymd_and_hms(2026, 3, 12, 14, 5, 9).single().unwrap();
        let before = |minutes: i64| When::new(now - TimeDelta::minutes(minutes), now).ago;
        assert_eq!(before(-5), "just now");
        assert_eq!(before(0), "just now");
        assert_eq!(before(59), "59 min ago");
        assert_eq!(before(60), "1 hour ago");
        assert_eq!(before(60 * 47), "1 day ago");
        assert_eq!(before(60 * 24 * 29), "29 days ago");
        assert_eq!(before(60 * 24 * 31), "9 Feb 2026");
        let when = When::new(now, now);
        assert_eq!(
            (when.exact.as_str(), when.machine().as_str()),
            ("2026-03-12 14:05 UTC", "2026-03-12 14:05Z")
        );
    }
}
