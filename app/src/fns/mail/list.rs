use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::LetterView;
use crate::error::AppError;

/// The newest letters, in a demo that sends none.
#[server(prefix = "/_fn", endpoint = "mail/list", input = GetUrl)]
pub async fn get_letters() -> Result<Vec<LetterView>, AppError> {
    use engine::{config::Mode, mail};

    use super::Line;
    use crate::fns::when::When;

    let engine = crate::ssr::engine()?;
    let letters = match engine.config().mode {
        Mode::Demo => mail::kept(&engine).await?,
        Mode::Production => None,
    };
    let letters = letters.ok_or_else(|| domain::Fault::not_found("page"))?;
    let (now, ours) = (engine.clock().now(), format!("{}/", engine.config().public_url));
    let line = |line: &str| match line.starts_with(&ours) {
        true => Line::Link(line.trim_end().to_owned()),
        false => Line::Text(line.to_owned()),
    };
    let letter = |letter: mail::Kept| LetterView {
        to: letter.to,
        subject: letter.subject,
        at: When::new(letter.at, now),
        lines: letter
            .text
            .lines()
            .filter(|text| !text.trim().is_empty())
            .map(line)
            .collect(),
    };
    Ok(letters.into_iter().map(letter).collect())
}
