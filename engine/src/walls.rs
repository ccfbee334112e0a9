//! The walls between tenants that the compiler keeps. Read by `cargo test --doc` only.
//!
//! Each case that must not compile stands beside one that must and that differs in the one thing shown, so that a case
//! cannot fail for a reason of its own, such as a renamed function. Doc tests rather than trybuild: trybuild builds
//! the engine and all it depends on a second time, these link the library that the other tests have built already.
//!
//! # A caller is not made up
//!
//! A caller comes from a session or a token that was checked:
//!
//! ```no_run
//! async fn caller(engine: engine::Engine, who: engine::account::SignedIn) -> engine::Call {
//!     who.call(&engine, None).await.unwrap()
//! }
//! ```
//! not out of its parts,
//! ```compile_fail,E0624
//! fn caller(engine: engine::Engine, scope: engine::Scope) -> engine::Call {
//!     engine::Call::new(engine, scope)
//! }
//! ```
//! nor is a scope put together for an organization that somebody names,
//! ```compile_fail,E0451
//! fn scope(organization: domain::id::OrganizationId, scope: engine::Scope) -> engine::Scope {
//!     engine::Scope { organization, ..scope }
//! }
//! ```
//! nor does anything else pass for a session.
//! ```compile_fail,E0451
//! fn signed_in(organization: domain::id::OrganizationId, who: engine::account::SignedIn) -> engine::account::SignedIn {
//!     engine::account::SignedIn { organization, ..who }
//! }
//! ```
//! Whoever has shown a password and not their second factor is no caller,
//! ```no_run
//! async fn enrolling(halfway: engine::account::Halfway) {
//!     engine::account::factor::begin(halfway.to_enrol().unwrap()).await.unwrap();
//! }
//! ```
//! and sets up no other factor in its place.
//! ```compile_fail,E0624
//! async fn enrolling(halfway: engine::account::Halfway) {
//!     engine::account::factor::begin(halfway.person()).await.unwrap();
//! }
//! ```
//! The tenant of a caller can be read
//! ```no_run
//! fn tenant(call: &engine::Call) -> domain::id::OrganizationId {
//!     call.organization()
//! }
//! ```
//! and not be changed.
//! ```compile_fail,E0616
//! fn tenant(call: &mut engine::Call, other: domain::id::OrganizationId) {
//!     call.scope.organization = other;
//! }
//! ```
//!
//! # No tenant's rows without a caller
//!
//! ```no_run
//! async fn bots(call: &engine::Call) {
//!     let _ = engine::bot::list(call, None, None).await;
//! }
//! ```
//! The engine alone is no caller,
//! ```compile_fail,E0308
//! async fn bots(engine: &engine::Engine) {
//!     let _ = engine::bot::list(engine, None, None).await;
//! }
//! ```
//! nor is a visitor, who may leave a lead but not read any.
//! ```no_run
//! async fn leave(porch: &engine::porch::Porch, form: &domain::lead::LeadForm) {
//!     let _ = engine::lead::leave(porch, None, form).await;
//! }
//! ```
//! ```compile_fail,E0308
//! async fn read(porch: &engine::porch::Porch) {
//!     let _ = engine::lead::list(porch, None, None).await;
//! }
//! ```
//! An organization's id, even the right one, opens nothing.
//! ```compile_fail,E0308
//! async fn bots(organization: domain::id::OrganizationId) {
//!     let _ = engine::bot::list(&organization, None, None).await;
//! }
//! ```
//!
//! # An id is of one kind
//!
//! ```no_run
//! async fn bot(call: &engine::Call, id: domain::id::BotId) {
//!     let _ = engine::bot::get(call, id).await;
//! }
//! ```
//! ```compile_fail,E0308
//! async fn bot(call: &engine::Call, id: domain::id::PropertyId) {
//!     let _ = engine::bot::get(call, id).await;
//! }
//! ```
//! Nor does text pass for one unread.
//! ```compile_fail,E0308
//! async fn bot(call: &engine::Call, id: &str) {
//!     let _ = engine::bot::get(call, id).await;
//! }
//! ```
//!
//! # Rows stay in their area
//!
//! The modules with the SQL are private,
//! ```compile_fail,E0603
//! use engine::bot::store;
//! ```
//! ```compile_fail,E0603
//! use engine::ledger::store;
//! ```
//! and so is the way to the store itself,
//! ```no_run
//! fn clock(engine: &engine::Engine) -> engine::Clock {
//!     engine.clock().clone()
//! }
//! ```
//! ```compile_fail,E0624
//! async fn begin(engine: &engine::Engine) {
//!     let _ = engine.db().begin().await;
//! }
//! ```
//! and a second door to it.
//! ```compile_fail,E0624
//! async fn open() {
//!     let _ = engine::db::Db::open("sqlite:store.db", None).await;
//! }
//! ```
//! Credits move within the engine only, in the transaction of what they pay for.
//! ```no_run
//! async fn balance(call: &engine::Call) {
//!     let _ = engine::ledger::balance(call).await;
//! }
//! ```
//! ```compile_fail,E0603
//! use engine::ledger::apply;
//! ```
