//! The design system: plain components whose looks live in `style/` under the class names used here.
//!
//! A page reads like this:
//!
//! ```text
//! let bots = load(|| (), |()| list_bots());
//! view! {
//!     <PageHead title="Bots" lead="Each answers for your listings."><LinkButton href="/console/bots/new">"New bot"</LinkButton></PageHead>
//!     {shown(bots, |bots| view! { <Card>…</Card> }.into_any())}
//! }.into_any()
//! ```

mod button;
mod card;
mod chart;
mod confirm;
mod copy;
mod feedback;
mod field;
pub mod form;
mod icon;
mod load;
mod pagination;
mod passkey;
mod search;
mod stepper;
mod table;
mod time;
mod watch;

pub use button::{Kind, LinkButton, Submit};
pub use card::{Card, PageHead, StatCard};
pub use chart::{BarChart, Spark};
pub use confirm::Confirm;
pub use copy::CopyButton;
pub use feedback::{Badge, Banner, EmptyState, Mood, Progress};
pub use field::{CheckField, Choice, Field, FileField, SelectField};
use form::FormState;
pub use form::{Form, Typed};
pub use icon::{Glyph, Icon};
pub use load::{Failed, Loading, load, shown};
pub use pagination::Pagination;
pub use passkey::{Ceremony, PasskeyForm};
pub use search::{ConsoleKeys, SearchForm};
pub use stepper::{Step, Stepper};
pub use table::{Cell, Table};
pub use time::TimeText;
pub use watch::Watch;
