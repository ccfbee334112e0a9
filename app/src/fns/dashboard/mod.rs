//! The console's first page, in the words it shows.

mod get;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use domain::{
    chat::Outcome,
    credits::Credits,
    dashboard::{Dashboard, FirstRun, RecentQuestion, Trend},
    fact::group_number,
};
use serde::{Deserialize, Serialize};

pub use get::*;

use super::{lead::LeadRow, when::When};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DashboardView {
    pub scans: StatView,
    pub conversations: StatView,
    pub leads: StatView,
    pub available: String,
    /// Too few left for an answer: the bots have stopped.
    pub is_empty: bool,
    pub held: String,
    pub used_this_month: String,
    /// Conversations of each of the last 30 days, oldest first: `12 Mar` and how many.
    pub daily: Vec<(String, i64)>,
    pub questions: Vec<QuestionRow>,
    pub recent_leads: Vec<LeadRow>,
    pub first_run: FirstRun,
}

impl DashboardView {
    /// `reply` is what an answer costs.
    pub fn new(dashboard: Dashboard, reply: Credits, now: DateTime<Utc>) -> Self {
        Self {
            scans: dashboard.scans.into(),
            conversations: dashboard.conversations.into(),
            leads: dashboard.leads.into(),
            is_empty: dashboard.balance.available < reply,
            available: dashboard.balance.available.to_string(),
            held: dashboard.balance.held.to_string(),
            used_this_month: dashboard.balance.used_this_month.to_string(),
            daily: every_day(&dashboard.daily, now),
            questions: dashboard
                .recent_questions
                .into_iter()
                .map(|q| QuestionRow::new(q, now))
                .collect(),
            recent_leads: dashboard
                .recent_leads
                .into_iter()
                .map(|lead| LeadRow::new(lead, false, now))
                .collect(),
            first_run: dashboard.first_run,
        }
    }
}

/// A number of the last 30 days with its change, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatView {
    pub value: String,
    /// `12 more than the 30 days before`.
    pub change: String,
    /// More than 0 is up, less than 0 is down.
    pub direction: i64,
}

impl From<Trend> for StatView {
    fn from(trend: Trend) -> Self {
        let difference = trend.now - trend.before;
        let number = group_number(difference.unsigned_abs() as f64, 0);
        let change = match difference.signum() {
            1 => format!("{number} more than the 30 days before"),
            -1 => format!("{number} fewer than the 30 days before"),
            _ if trend.now == 0 => "none in the 30 days before either".into(),
            _ => "the same as the 30 days before".into(),
        };
        Self {
            value: group_number(trend.now as f64, 0),
            change,
            direction: difference.signum(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionRow {
    pub conversation_id: String,
    pub bot: String,
    pub question: String,
    pub outcome: Option<Outcome>,
    pub asked: When,
}

impl QuestionRow {
    fn new(question: RecentQuestion, now: DateTime<Utc>) -> Self {
        Self {
            conversation_id: question.conversation_id.to_string(),
            bot: question.bot_name,
            question: question.question,
            outcome: question.outcome,
            asked: When::new(question.asked_at, now),
        }
    }
}

/// Fills in the days on which nothing happened.
fn every_day(counted: &[(chrono::NaiveDate, i64)], now: DateTime<Utc>) -> Vec<(String, i64)> {
    let today = now.date_naive();
    let days = (0..30).rev().map(|back| today - TimeDelta::days(back));
    let count = |day| {
        counted
            .iter()
            .find(|(counted, _)| *counted == day)
            .map_or(0, |(_, n)| *n)
    };
    days.map(|day| (label(day), count(day))).collect()
}

/// `12 Mar`.
fn label(day: chrono::NaiveDate) -> String {
    let long = super::when::day(day.and_time(chrono::NaiveTime::MIN).and_utc());
    long.trim_end_matches(&format!(" {}", day.year())).to_owned()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn every_day_of_the_month_is_there() {
        let now = Utc.with_ymd_and_hms(2026, 3, 12, 23, 59, 0).single().unwrap();
        let days = every_day(&[(now.date_naive() - TimeDelta::days(1), 7)], now);
        assert_eq!(days.len(), 30);
        assert_eq!(days[28], ("11 Mar".to_owned(), 7));
        assert_eq!(days[29], ("12 Mar".to_owned(), 0));
    }

    #[test]
    fn a_change_is_said_in_words() {
        assert_eq!(
            StatView::from(Trend {
                now: 1200,
                before: 1300
            })
            .change,
            "100 fewer than the 30 days before"
        );
        assert_eq!(StatView::from(Trend { now: 1200, before: 0 }).value, "1,200");
    }
}
