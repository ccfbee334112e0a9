//! The realtor's pages. All are inside [`crate::layout::ConsoleLayout`].

pub mod ai;
pub mod api_keys;
pub mod audit;
pub mod bots;
pub mod brand;
pub mod codes;
pub mod conversations;
pub mod credits;
mod dashboard;
pub mod leads;
pub mod licence;
mod parts;
pub mod people;
pub mod privacy;
pub mod properties;
mod search;
pub mod security;
pub mod sources;
pub mod webhooks;
pub mod wizard;

pub use dashboard::DashboardPage;
pub use search::SearchPage;
