//! Schemas of what is sent to us, where its type alone does not tell.

use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        Object, ObjectBuilder, Ref, RefOr, Schema, Type,
        schema::{AllOfBuilder, AnyOfBuilder, SchemaType},
    },
};

/// One of these words.
pub fn choice<const N: usize>(words: [&'static str; N]) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .build()
}

/// One of these words; `null` leaves things as they are.
pub fn optional_choice<const N: usize>(words: [&'static str; N]) -> Object {
    let values = words.map(Value::from).into_iter().chain([Value::Null]);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(values))
        .build()
}

/// A number from `least` to `most`, or the same as a text of the pattern `typed`; `null` empties the field.
pub fn typed(number: ObjectBuilder, least: u64, most: u64, typed: &str, about: &str) -> Schema {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(typed));
    AnyOfBuilder::new()
        .item(number.minimum(Some(least)).maximum(Some(most)))
        .item(text)
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .description(Some(about))
        .into()
}

/// What `Base` is, and all of `rest`.
pub fn more<Base: ToSchema>(rest: impl IntoIterator<Item = RefOr<Schema>>, example: Value) -> RefOr<Schema> {
    let base = AllOfBuilder::new().item(Ref::from_schema_name(Base::name()));
    rest.into_iter()
        .fold(base, AllOfBuilder::item)
        .examples([example])
        .into()
}

/// The shapes that one of [`more`] refers to.
pub fn of_base<Base: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((Base::name().into_owned(), Base::schema()));
    Base::schemas(schemas);
}

/// An object with these fields.
pub fn needing<const N: usize>(fields: [&str; N]) -> RefOr<Schema> {
    fields
        .into_iter()
        .fold(ObjectBuilder::new(), ObjectBuilder::required)
        .into()
}
