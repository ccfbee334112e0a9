//! Data written as JSON or as a JavaScript literal (bare keys, single quotes, `!0`, trailing commas).
//! Expressions that are no data become `null`; nothing is ever run.

use serde_json::{Map, Number, Value};

/// Nesting beyond this is no data that a page needs; it also bounds the recursion.
const MAX_DEPTH: usize = 220;

/// Reads one value that starts at `at`; gives it with the offset after it. `work` is the number of
/// bytes that may still be read, over all attempts on one script.
pub(super) fn read(text: &str, at: usize, work: &mut usize) -> Option<(Value, usize)> {
    read_with(text, at, work, &[])
}

/// As [`read`], with values for bare names.
pub(super) fn read_with(text: &str, at: usize, work: &mut usize, names: &[(String, Value)]) -> Option<(Value, usize)> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at,
        depth: 0,
        end: at.saturating_add(*work).min(text.len()),
        names,
    };
    let value = reader.value();
    *work = work.saturating_sub(reader.at.saturating_sub(at) + 8);
    value.map(|v| (v, reader.at))
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    end: usize,
    names: &'a [(String, Value)],
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        if self.at < self.end {
            self.bytes.get(self.at).copied()
        } else {
            None
        }
    }

    fn space(&mut self) {
        while let Some(b) = self.peek() {
            if b.is_ascii_whitespace() {
                self.at += 1;
            } else if self.bytes[self.at..].starts_with("\u{a0}".as_bytes())
                || self.bytes[self.at..].starts_with("\u{feff}".as_bytes())
            {
                self.at += if b == 0xc2 { 2 } else { 3 };
            } else if self.bytes[self.at..].starts_with(b"//") {
                while self.peek().is_some_and(|b| b != b'\n') {
                    self.at += 1;
                }
            } else if self.bytes[self.at..].starts_with(b"/*") {
                match self.text.get(self.at + 2..).and_then(|t| t.find("*/")) {
                    Some(end) => self.at += end + 4,
                    None => self.at = self.end,
                }
            } else {
                return;
            }
        }
    }

    fn value(&mut self) -> Option<Value> {
        self.space();
        let first = self.peek()?;
        let value = match first {
            b'{' | b'[' => {
                if self.depth >= MAX_DEPTH {
                    return None;
                }
                self.depth += 1;
                let value = if first == b'{' { self.object() } else { self.array() };
                self.depth -= 1;
                value?
            }
            b'"' | b'\'' => Value::String(self.string(first)?),
            b'`' => Value::String(self.string(b'`').filter(|s| !s.contains("${"))?),
            b'0'..=b'9' | b'-' | b'.' => self.number()?,
            b'!' => {
                let value = match self.bytes.get(self.at + 1)? {
                    b'0' => Value::Bool(true),
                    b'1' => Value::Bool(false),
                    _ => return self.expression(),
                };
                self.at += 2;
                value
            }
            b if b.is_ascii_alphabetic() || matches!(b, b'_' | b'$') => return self.name(),
            b'(' | b'+' | b'~' => return self.expression(),
            _ => return None,
        };
        self.tail(value)
    }

    /// A value is data only when the expression ends with it.
    fn tail(&mut self, value: Value) -> Option<Value> {
        if self.depth == 0 {
            return Some(value);
        }
        self.space();
        match self.peek() {
            Some(b',' | b'}' | b']' | b':' | b')' | b';') | None => Some(value),
            // Two literals in a row are broken data, not an expression.
            Some(b'"' | b'\'' | b'{') => None,
            _ => self.expression(),
        }
    }

    fn name(&mut self) -> Option<Value> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$'))
        {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        let known = match word {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            "null" | "undefined" | "NaN" | "Infinity" => Some(Value::Null),
            "JSON" if self.bytes[self.at..].starts_with(b".parse(") => {
                self.at += ".parse(".len();
                self.space();
                let quote = self.peek().filter(|q| matches!(q, b'"' | b'\'' | b'`'))?;
                let text = self.string(quote)?;
                self.space();
                if self.peek() != Some(b')') {
                    return None;
                }
                self.at += 1;
                Some(serde_json::from_str(&text).ok()?)
            }
            "function" | "return" | "var" | "if" | "for" => return None,
            _ => self.names.iter().find(|(name, _)| name == word).map(|(_, v)| v.clone()),
        };
        match known {
            Some(value) => self.tail(value),
            None => self.expression(),
        }
    }

    /// Steps over something that is no literal, to the end of the element that it stands in.
    fn expression(&mut self) -> Option<Value> {
        if self.depth == 0 {
            return None;
        }
        let mut open = Vec::new();
        let limit = (self.at + 20_000).min(self.end);
        while self.at < limit {
            match self.bytes[self.at] {
                b @ (b'"' | b'\'' | b'`') => {
                    self.string(b)?;
                    continue;
                }
                b @ (b'(' | b'[' | b'{') => open.push(b),
                b')' | b']' | b'}' if !open.is_empty() => {
                    open.pop();
                }
                b',' | b'}' | b']' if open.is_empty() => return Some(Value::Null),
                b')' | b';' if open.is_empty() => return None,
                _ => {}
            }
            self.at += 1;
        }
        None
    }

    fn object(&mut self) -> Option<Value> {
        self.at += 1;
        let mut map = Map::new();
        loop {
            self.space();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Some(Value::Object(map));
                }
                b',' => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            let key = self.key()?;
            self.space();
            match self.peek()? {
                b':' => self.at += 1,
                // `{price, beds}`: names without values.
                b',' | b'}' => continue,
                _ => return None,
            }
            let value = self.value()?;
            map.insert(key, value);
            self.space();
            if !matches!(self.peek()?, b',' | b'}') {
                return None;
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        match self.peek()? {
            q @ (b'"' | b'\'') => self.string(q),
            b if b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$') => {
                let start = self.at;
                while self
                    .peek()
                    .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'-'))
                {
                    self.at += 1;
                }
                Some(self.text[start..self.at].to_owned())
            }
            _ => None,
        }
    }

    fn array(&mut self) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Some(Value::Array(items));
                }
                b',' => {
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            items.push(self.value()?);
            self.space();
            if !matches!(self.peek()?, b',' | b']') {
                return None;
            }
        }
    }

    fn string(&mut self, quote: u8) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        let mut from = self.at;
        loop {
            let b = self.peek()?;
            if b == quote {
                out.push_str(self.text.get(from..self.at)?);
                self.at += 1;
                return Some(out);
            }
            if b == b'\n' && quote == b'\'' {
                return None;
            }
            if b != b'\\' {
                self.at += 1;
                continue;
            }
            out.push_str(self.text.get(from..self.at)?);
            self.escape(&mut out)?;
            from = self.at;
        }
    }

    fn escape(&mut self, out: &mut String) -> Option<()> {
        let next = self.text.get(self.at + 1..)?.chars().next()?;
        self.at += 1 + next.len_utf8();
        match next {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            'b' | 'f' | 'v' | '0' => out.push(' '),
            'x' => {
                let code = u32::from_str_radix(self.text.get(self.at..self.at + 2)?, 16).ok()?;
                self.at += 2;
                out.extend(char::from_u32(code));
            }
            'u' => {
                let first = self.unit()?;
                if (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
                    let back = self.at;
                    self.at += 2;
                    let second = self.unit()?;
                    if (0xdc00..0xe000).contains(&second) {
                        out.extend(char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)));
                    } else {
                        self.at = back;
                    }
                } else {
                    out.extend(char::from_u32(first));
                }
            }
            '\n' => {}
            other => out.push(other),
        }
        Some(())
    }

    fn unit(&mut self) -> Option<u32> {
        let code = u32::from_str_radix(self.text.get(self.at..self.at + 4)?, 16).ok()?;
        self.at += 4;
        Some(code)
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+'))
        {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Value::Number(whole.into()));
        }
        let text = if text.starts_with('.') {
            format!("0{text}")
        } else {
            text.to_owned()
        };
        Some(
            text.parse::<f64>()
                .ok()
                .and_then(Number::from_f64)
                .map_or(Value::Null, Value::Number),
        )
    }
}

/// A whole text that is one JSON value.
pub(super) fn json(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->").trim();
    let text = text
        .strip_prefix("//<![CDATA[")
        .or_else(|| text.strip_prefix("<![CDATA["))
        .unwrap_or(text);
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let mut work = text.len() + 16;
    // Unescaped line breaks in strings, trailing commas, or a second value after the first.
    read(text, 0, &mut work).map(|(v, _)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Value> {
        let mut work = text.len() + 64;
        read(text, 0, &mut work).map(|(v, _)| v)
    }

    #[test]
    fn json_and_javascript() {
        assert_eq!(
            of(r#"{"a":1,"b":[true,null,"x\u00e9"]}"#).unwrap(),
            serde_json::json!({"a":1,"b":[true,null,"xé"]})
        );
        assert_eq!(
            of("{a:1, 'b':'it\\'s', c:!0, d:.5, e:undefined,}").unwrap(),
            serde_json::json!({"a":1,"b":"it's","c":true,"d":0.5,"e":null})
        );
        assert_eq!(
            of("{a: new Date('x'), b: f(1,{c:2}), p: 3 /* n */}").unwrap(),
            serde_json::json!({"a":null,"b":null,"p":3})
        );
        assert_eq!(
            of("{a: JSON.parse('{\"b\":2}')}").unwrap(),
            serde_json::json!({"a":{"b":2}})
        );
        assert_eq!(of("{a: 'x' + y, b: 1}").unwrap(), serde_json::json!({"a":null,"b":1}));
    }

    #[test]
    fn what_is_no_data() {
        assert_eq!(of("{return 1}"), None);
        assert_eq!(of("{\"a\":"), None);
        assert_eq!(of(&"[".repeat(100_000)), None);
        assert_eq!(of("'open"), None);
    }

    #[test]
    fn work_is_bounded() {
        let mut work = 10;
        assert_eq!(read("[1,2,3,4,5,6,7,8,9]", 0, &mut work), None);
        assert_eq!(work, 0);
    }
}
