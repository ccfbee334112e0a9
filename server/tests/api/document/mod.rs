//! The API's document: it is sound, and held to what the API does. What the API does is held to it in [`crate::app::held`].

mod limits;
mod refusals;
mod sound;
