//! What is made once and is the same for everybody.

use std::hash::{DefaultHasher, Hash, Hasher};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A body with its type and tag.
#[derive(Debug)]
pub struct Kept {
    content_type: &'static str,
    body: Bytes,
    tag: String,
}

impl Kept {
    pub fn new(content_type: &'static str, body: String) -> Self {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        Self {
            content_type,
            body: body.into(),
            tag: format!("\"{:016x}\"", hasher.finish()),
        }
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, which may be kept for some minutes; 304 for those who have it.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let kept = [
            (header::ETAG, self.tag.as_str()),
            (header::CACHE_CONTROL, "public, max-age=300"),
        ];
        if self.is_known(asked) {
            return (StatusCode::NOT_MODIFIED, kept).into_response();
        }
        let kind = HeaderValue::from_static(self.content_type);
        (kept, [(header::CONTENT_TYPE, kind)], self.body.clone()).into_response()
    }

    fn is_known(&self, asked: &HeaderMap) -> bool {
        let lines = asked
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|line| line.to_str().ok());
        let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_it_is_told_so() {
        let kept = Kept::new("text/plain", "words".into());
        let answer = |tags: &[&str]| {
            let tags = tags.iter().map(|tag| (header::IF_NONE_MATCH, tag.parse().unwrap()));
            kept.answer(&tags.collect()).status().as_u16()
        };
        let tag = kept.tag.as_str();
        assert_eq!(answer(&[]), 200);
        assert_eq!(answer(&["\"other\""]), 200);
        for known in [
            &[tag][..],
            &[&format!("W/{tag}")],
            &["\"other\"", &format!("\"more\", {tag}")],
            &["*"],
        ] {
            assert_eq!(answer(known), 304, "{known:?}");
        }
    }
}
