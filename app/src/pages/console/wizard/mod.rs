//! Setting up a bot in five steps, the porch beside them as it will be.

mod add_source;
mod frame;
mod knowledge;
mod property;
mod purpose;
mod review;
mod sources;
mod voice;

pub use knowledge::KnowledgePage;
pub use property::{PropertyPage, property_fields};
pub use purpose::{NewBotPage, PurposePage};
pub use review::ReviewPage;
pub use voice::VoicePage;
