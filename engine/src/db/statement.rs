//! Query texts, declared once and known to the tests.

/// Begins a writing transaction of SQLite.
pub(super) const BEGIN: &str = "begin immediate; ";

/// One query. Both texts are the same unless a difference between the databases cannot be avoided.
#[derive(Debug)]
pub struct Statement {
    pub name: &'static str,
    pub module: &'static str,
    pub sqlite: &'static str,
    /// The same as the first of a writing transaction on SQLite: [`BEGIN`] stands before it.
    pub sqlite_first: &'static str,
    pub postgres: &'static str,
}

/// Every declared statement is collected here at link time.
pub struct Declared(
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "read by the tests that prepare every statement")
    )]
    pub &'static Statement,
);

inventory::collect!(Declared);

/// Declares query texts:
///
/// ```ignore
/// statements! {
///     FIND = "select … from bot where organization_id = $1 and id = $2";
///     JOINED = (concat!(columns!(), " from bot where …"));
///     BATCH = { sqlite: "…", postgres: "…" };
/// }
/// ```
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $texts:tt;)+) => {$(
        $(#[$doc])*
        static $name: $crate::db::Statement = $crate::db::statement!($name, $texts);
        inventory::submit! { $crate::db::Declared(&$name) }
    )+};
}

macro_rules! statement {
    ($name:ident, { sqlite: $sqlite:literal, postgres: $postgres:literal $(,)? }) => {
        $crate::db::Statement {
            name: stringify!($name),
            module: module_path!(),
            sqlite: $sqlite,
            sqlite_first: concat!("begin immediate; ", $sqlite),
            postgres: $postgres,
        }
    };
    ($name:ident, ($text:expr)) => {
        $crate::db::Statement {
            name: stringify!($name),
            module: module_path!(),
            sqlite: $text,
            sqlite_first: concat!("begin immediate; ", $text),
            postgres: $text,
        }
    };
    ($name:ident, $text:literal) => {
        $crate::db::Statement {
            name: stringify!($name),
            module: module_path!(),
            sqlite: $text,
            sqlite_first: concat!("begin immediate; ", $text),
            postgres: $text,
        }
    };
}

pub(crate) use {statement, statements};
