//! What extractors say of themselves in the API's document: what they read of a request, and how they refuse it. A
//! handler's own `#[utoipa::path]` says what it answers.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    handler::Handler,
    http::{HeaderMap, StatusCode},
    middleware::from_fn,
};
use domain::FaultCode;
use engine::Engine;
use serde_json::Value;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        Content, HttpMethod, Ref, RefOr, Required, Response as Answer, Schema, SecurityRequirement, Type,
        header::Header,
        path::{Operation, Parameter, ParameterIn, PathItem},
        request_body::RequestBodyBuilder,
        schema::{ArrayItems, SchemaType},
    },
};
use utoipa_axum::router::UtoipaMethodRouter;

use super::{ClientAddress, once};
use crate::error;

/// The name of the way in: an access token in the `Authorization` header.
pub const BEARER: &str = "access_token";

/// What a text that people read may hold, as `domain::fault::Checks::text` has it.
const TEXT: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";
/// The same where something has to be in it.
const FILLED_TEXT: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*\
    [^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

/// An operation while its handler's arguments describe themselves.
pub struct Sketch<'a> {
    method: HttpMethod,
    operation: &'a mut Operation,
    schemas: &'a mut Vec<(String, RefOr<Schema>)>,
}

impl Sketch<'_> {
    /// It may fail like this.
    pub fn fails(&mut self, code: FaultCode) {
        let responses = &mut self.operation.responses.responses;
        responses
            .entry(code.status().to_string())
            .or_insert_with(|| error::reference(code));
    }

    /// How it is called.
    pub const fn method(&self) -> &HttpMethod {
        &self.method
    }

    /// Whether it gives a page of a list, and so changes nothing.
    fn is_list(&self) -> bool {
        let known = self.operation.parameters.iter().flatten();
        let mut known = known.filter_map(|known| match known {
            RefOr::T(known) => Some(&known.name),
            RefOr::Ref(_) => None,
        });
        known.any(|name| name == "after")
    }

    /// It may also answer this.
    pub fn answers(&mut self, status: StatusCode, answer: Answer) {
        let responses = &mut self.operation.responses.responses;
        responses.insert(status.as_str().to_owned(), answer.into());
    }

    /// It reads this, unless the handler has said more about it.
    pub fn reads(&mut self, parameter: Parameter) {
        let known = self.operation.parameters.get_or_insert_default();
        let told = known
            .iter()
            .any(|known| matches!(known, RefOr::T(known) if known.name == parameter.name));
        if !told {
            known.push(parameter.into());
        }
    }

    /// It takes a body of this type.
    pub fn takes<T: ToSchema>(&mut self, content_type: &str) {
        let begin = self.schemas.len();
        self.schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(self.schemas);
        for (_, schema) in &mut self.schemas[begin..] {
            hold_to_text(schema);
        }
        let content = Content::new(Some(Ref::from_schema_name(T::name())));
        let body = RequestBodyBuilder::new().content(content_type, content);
        self.operation.request_body = Some(body.required(Some(Required::True)).build().into());
    }

    /// Only for whoever has signed in.
    pub fn needs_token(&mut self) {
        self.operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
    }

    /// What succeeds has this header.
    pub fn sends(&mut self, name: &str, header: RefOr<Header>) {
        for (status, response) in &mut self.operation.responses.responses {
            if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
                response.headers.insert(name.to_owned(), header.clone());
            }
        }
    }
}

/// Texts of a body with a greatest length are checked for what cannot be shown or stored, all in the same way.
fn hold_to_text(schema: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = schema else {
        return;
    };
    for property in object.properties.values_mut() {
        let one = match property {
            RefOr::T(Schema::Array(list)) => match &mut list.items {
                ArrayItems::RefOrSchema(item) => item.as_mut(),
                ArrayItems::False => continue,
            },
            property => property,
        };
        if let RefOr::T(Schema::Object(text)) = one
            && text.max_length.is_some()
            && text.format.is_none()
            && text.pattern.is_none()
        {
            let filled = text.min_length.is_some_and(|least| least > 0);
            text.pattern = Some(if filled { FILLED_TEXT } else { TEXT }.to_owned());
        }
    }
}

/// What we send is always there: where nothing is known it is `null`, and what it is filled up with when it is read back from
/// the store is no promise. Only what is left out where nothing is known, and so is never `null`, may be absent.
fn say_what_is_there(schema: &mut RefOr<Schema>) {
    let object = match schema {
        RefOr::T(Schema::Object(object)) => object,
        RefOr::T(Schema::AllOf(all)) => return all.items.iter_mut().for_each(say_what_is_there),
        RefOr::T(_) | RefOr::Ref(_) => return,
    };
    for (name, property) in &mut object.properties {
        let filled_up = take_default(property).is_some_and(|default| !default.is_null());
        if (filled_up || may_be_null(property)) && !object.required.contains(name) {
            object.required.push(name.clone());
        }
    }
}

fn take_default(property: &mut RefOr<Schema>) -> Option<Value> {
    match property {
        RefOr::Ref(reference) => reference.default.take(),
        RefOr::T(Schema::Object(object)) => object.default.take(),
        RefOr::T(Schema::Array(array)) => array.default.take(),
        RefOr::T(Schema::OneOf(one)) => one.default.take(),
        RefOr::T(_) => None,
    }
}

fn may_be_null(property: &RefOr<Schema>) -> bool {
    let holds_null = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::AnyValue => true,
    };
    match property {
        RefOr::T(Schema::Object(object)) => holds_null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => holds_null(&array.schema_type),
        RefOr::T(Schema::OneOf(one)) => one.items.iter().any(may_be_null),
        RefOr::T(_) | RefOr::Ref(_) => false,
    }
}

/// Something that a handler takes.
pub trait Described {
    fn describe(sketch: &mut Sketch<'_>);
}

/// All that a handler takes.
pub trait Arguments {
    fn describe(sketch: &mut Sketch<'_>);
}

macro_rules! arguments {
    ($($argument:ident)*) => {
        impl<M, $($argument: Described),*> Arguments for (M, $($argument,)*) {
            #[allow(unused_variables)]
            fn describe(sketch: &mut Sketch<'_>) { $($argument::describe(sketch);)* }
        }
    };
}
arguments! {}
arguments! { A }
arguments! { A B }
arguments! { A B C }
arguments! { A B C D }

/// The routes of `handler`, whose arguments add to what it says of itself. Where somebody signed in sends something, it is carried
/// out once a key of theirs.
pub fn described<H, T>(_: H, (mut schemas, mut paths, router): Routes) -> Routes
where
    H: Handler<T, crate::State>,
    T: Arguments,
{
    // So far there are only those of answers.
    for (_, schema) in &mut schemas {
        say_what_is_there(schema);
    }
    let mut router = router;
    for item in paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            let mut sketch = Sketch {
                method: method.clone(),
                operation,
                schemas: &mut schemas,
            };
            T::describe(&mut sketch);
            if method == HttpMethod::Post && sketch.operation.security.is_some() && !sketch.is_list() {
                once::describe(&mut sketch);
                router = router.route_layer(from_fn(once::carry_out));
            }
            // No address has a NUL.
            sketch.fails(FaultCode::Invalid);
            // A browser's request that comes from another site is refused before any handler.
            if method != HttpMethod::Get {
                sketch.fails(FaultCode::Forbidden);
            }
        }
    }
    (schemas, paths, router)
}

type Routes = UtoipaMethodRouter<crate::State>;

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    let all = [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation?)))
}

impl Described for HeaderMap {
    fn describe(_: &mut Sketch<'_>) {}
}

impl Described for ClientAddress {
    fn describe(_: &mut Sketch<'_>) {}
}

/// Whatever asks the store may find it busy.
impl Described for State<Engine> {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.fails(FaultCode::Internal);
        sketch.fails(FaultCode::Unavailable);
    }
}

impl<T: IntoParams> Described for Result<Query<T>, QueryRejection> {
    fn describe(sketch: &mut Sketch<'_>) {
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            sketch.reads(parameter);
        }
    }
}
