//! Bodies, read strictly.

use std::{borrow::Cow, fmt, marker::PhantomData};

use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, header},
};
use domain::FaultCode;
use engine::Call;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type, schema::AdditionalProperties},
};

use super::described::{Described, Sketch};
use crate::error::ApiError;

/// The deepest nesting a body may have.
const DEPTH: usize = 32;
/// The fields beside a file, in bytes: ids and short words. They are kept when the file is refused.
const FIELDS_MAX: usize = 64 * 1024;
/// What an ordinary address takes, in bytes.
pub const BODY_MAX: usize = 1024 * 1024;

/// A JSON body. Unknown fields are refused by the types themselves (`deny_unknown_fields`).
#[derive(Clone, Copy, Debug)]
pub struct Input<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        if !is_json(&request) {
            return Err(ApiError::unsupported("application/json in UTF-8"));
        }
        parse(&whole(request, BODY_MAX).await?).map(Self)
    }
}

impl<T: ToSchema> Described for Input<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.takes::<T>("application/json");
        sketch.fails(FaultCode::Invalid);
        sketch.fails(FaultCode::TooLarge);
        sketch.fails(FaultCode::Unsupported);
    }
}

/// All of a body. `most` is what its address takes, in bytes, which a layer has seen to.
pub(super) async fn whole(request: Request, most: usize) -> Result<Bytes, ApiError> {
    let bytes = Bytes::from_request(request, &()).await;
    bytes.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(most),
        _ => ApiError::invalid("The body could not be read to its end. Send the request again."),
    })
}

fn is_json(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = kind.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let json = essence.eq_ignore_ascii_case("application/json")
        || (essence.to_ascii_lowercase().starts_with("application/")
            && essence.to_ascii_lowercase().ends_with("+json"));
    let other_charset = parts.filter_map(|part| part.split_once('=')).any(|(name, value)| {
        name.trim().eq_ignore_ascii_case("charset") && !value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let packed = request.headers().get_all(header::CONTENT_ENCODING).iter();
    let packed = packed.into_iter().any(|coding| coding != "identity");
    json && !other_charset && !packed
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if depth(bytes) > DEPTH {
        return Err(ApiError::invalid(format!(
            "The body is nested more than {DEPTH} levels deep."
        )));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let Object(value) = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, error.inner())
    })?;
    reader.end().map_err(|error| explain(".", &error))?;
    Ok(value)
}

/// A JSON object. The types by themselves would also take a list of their fields' values.
#[derive(Clone, Debug)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
                text.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// How deep brackets nest, outside of texts.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut now, mut text, mut escaped) = (0, 0usize, false, false);
    for byte in bytes {
        match (text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => text = !text,
            (false, b'{' | b'[') => {
                now += 1;
                deepest = deepest.max(now);
            }
            (false, b'}' | b']') => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Which field is wrong and why, in words of ours.
fn explain(path: &str, error: &serde_json::Error) -> ApiError {
    if !error.is_data() {
        let (line, column) = (error.line(), error.column());
        return ApiError::invalid(format!(
            "The body is not valid JSON: look at line {line}, column {column}."
        ));
    }
    let text = error.to_string();
    let named = |what: &str| {
        text.strip_prefix(what)
            .and_then(|rest| rest.split('`').nth(1))
            .map(str::to_owned)
    };
    let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
    let within = |name: String| {
        if parent.is_empty() {
            name
        } else {
            format!("{parent}.{name}")
        }
    };
    if let Some(name) = named("unknown field") {
        return ApiError::field(&within(name), "There is no such field here. Leave it out.");
    }
    if let Some(name) = named("missing field") {
        return ApiError::field(&name, "Please fill this in.");
    }
    if let Some(name) = named("duplicate field") {
        return ApiError::field(
            &name,
            "This field is there twice, perhaps under its other name. Leave one out.",
        );
    }
    match path {
        "." => ApiError::invalid("The body must be a JSON object."),
        path => ApiError::field(path, "This is of the wrong type."),
    }
}

/// A multipart body: the fields by name, and the file where one was chosen.
#[derive(Debug, Default)]
pub struct Upload {
    pub fields: Vec<(String, String)>,
    pub file: Option<UploadedFile>,
}

#[derive(Debug, Default)]
pub struct UploadedFile {
    /// The name of its field in the form.
    pub field: String,
    pub name: String,
    pub content_type: Option<String>,
    pub bytes: Bytes,
}

impl Upload {
    pub fn field(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .unwrap_or_default()
    }

    /// Refuses any field but `file`, a file, and `with`, which are words.
    pub fn must_be_file(&self, with: &[&str]) -> Result<(), ApiError> {
        let words = self.fields.iter().map(|(name, _)| name);
        let mut words = words.filter(|name| !with.contains(&name.as_str()));
        let mut files = self.file.iter().map(|file| &file.field);
        let other = words
            .find(|name| *name != "file")
            .or_else(|| files.find(|name| *name != "file"));
        other.map_or(Ok(()), |other| {
            Err(ApiError::field(other, "There is no such field here. Leave it out."))
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Self::read(request, state, true).await
    }
}

/// A form of the console with a file. Of whoever is not signed in only the words are kept, for when they are.
#[derive(Debug)]
pub struct FormUpload {
    pub who: Result<Call, ApiError>,
    pub upload: Upload,
}

impl<S: Send + Sync> FromRequest<S> for FormUpload {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let who = request.extensions().get::<Call>().cloned();
        let who = who.ok_or_else(|| app::ssr::signed_out().into());
        let upload = Upload::read(request, state, who.is_ok()).await?;
        Ok(Self { who, upload })
    }
}

impl Upload {
    async fn read<S: Send + Sync>(request: Request, state: &S, keeps_file: bool) -> Result<Self, ApiError> {
        let multipart = Multipart::from_request(request, state).await;
        let mut multipart =
            multipart.map_err(|_| ApiError::unsupported("multipart/form-data with a part named `file`"))?;
        let mut upload = Self::default();
        let mut left = FIELDS_MAX;
        while let Some(mut part) = multipart.next_field().await.map_err(unreadable)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(_) if !keeps_file => while part.chunk().await.map_err(unreadable)?.is_some() {},
                Some(file_name) => {
                    let content_type = part.content_type().map(str::to_owned);
                    let bytes = part.bytes().await.map_err(unreadable)?;
                    // A form without a chosen file sends an empty, nameless one.
                    if !file_name.is_empty() || !bytes.is_empty() {
                        upload.file = Some(UploadedFile {
                            field: name,
                            name: file_name,
                            content_type,
                            bytes,
                        });
                    }
                }
                None => {
                    let text = part.text().await.map_err(unreadable)?;
                    left = left
                        .checked_sub(name.len() + text.len())
                        .ok_or_else(|| ApiError::too_large(FIELDS_MAX))?;
                    upload.fields.push((name, text));
                }
            }
        }
        Ok(upload)
    }
}

impl Described for Upload {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.takes::<Self>("multipart/form-data");
        sketch.fails(FaultCode::Invalid);
        sketch.fails(FaultCode::TooLarge);
        sketch.fails(FaultCode::Unsupported);
    }
}

impl ToSchema for Upload {
    fn name() -> Cow<'static, str> {
        "TrainingDocument".into()
    }
}

impl PartialSchema for Upload {
    fn schema() -> RefOr<Schema> {
        let file = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some(
                "The file, with its name: PDF, DOCX, HTML, TXT, or a photo as JPEG, PNG or WebP; at most 25 MB.",
            ));
        let form = ObjectBuilder::new().property("file", file).required("file");
        form.additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([json!({ "file": "The roof was replaced in 2019." })])
            .into()
    }
}

fn unreadable(error: MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(domain::training::FILE_MAX),
        _ => ApiError::invalid("The upload could not be read to its end. Send the file again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    #[allow(dead_code)]
    struct Inner {
        tone: String,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Thing {
        #[serde(alias = "title")]
        name: String,
        #[serde(default)]
        count: i64,
        inner: Option<Object<Inner>>,
    }

    fn fault(body: &str) -> String {
        let error = parse::<Thing>(body.as_bytes()).unwrap_err();
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
        error.detail().to_owned()
    }

    #[test]
    fn strict_about_everything_and_telling_where() {
        assert!(parse::<Thing>(br#"{"name":"x","count":3}"#).is_ok());
        let deep = format!("{{\"name\":{}1{}}}", "[".repeat(40), "]".repeat(40));
        for (body, word) in [
            (r#"{"name":"x","owner":true}"#, "owner"),
            (r#"{"name":"x","inner":{"role":"x"}}"#, "inner.role"),
            (r#"{"count":1}"#, "name"),
            (r#"{"name":"x","name":"y"}"#, "twice"),
            (r#"{"name":"x","title":"y"}"#, "twice"),
            (r#"{"name":3}"#, "name"),
            (r#"{"name":"x","count":1e999}"#, "JSON"),
            (r#"{"name":"x","count":9223372036854775808}"#, "count"),
            (r#"{"name":"x"} {}"#, "JSON"),
            (r#"{"name":"\ud800"}"#, "JSON"),
            (r#"{"name":NaN}"#, "JSON"),
            ("\u{feff}{\"name\":\"x\"}", "JSON"),
            ("", "JSON"),
            ("[]", "object"),
            (r#"["x"]"#, "object"),
            (r#"{"name":"x","inner":["x"]}"#, "inner"),
            ("3", "object"),
            (deep.as_str(), "deep"),
        ] {
            let told = fault(body);
            assert!(told.contains(word), "{body} → {told}");
            assert!(!told.contains("struct") && !told.contains("serde"), "{told}");
        }
    }

    #[test]
    fn brackets_in_texts_do_not_nest() {
        assert_eq!(depth(br#"{"a":"[[[\"[[","b":[1,[2]]}"#), 3);
    }
}
