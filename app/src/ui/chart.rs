//! Charts drawn as SVG from whole numbers, with their numbers as a table behind a fold.

use std::fmt::Write;

use leptos::prelude::*;

use super::field::escape;

const WIDTH: i64 = 600;
const HEIGHT: i64 = 140;

/// Bars over days or the like, oldest first. `points` are labels with values.
#[component]
pub fn BarChart(
    /// What is counted: `Conversations a day`
    title: &'static str,
    points: Vec<(String, i64)>,
) -> impl IntoView {
    let top = points.iter().map(|(_, value)| *value).max().unwrap_or_default().max(1);
    let ends = points
        .first()
        .zip(points.last())
        .map(|(first, last)| (first.0.clone(), last.0.clone()));
    let shape = bars(&points, top);
    let rows = rows(&points);
    view! {
        <figure class="chart">
            <div class="chart-top">{top}</div>
            <svg
                viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img"
                aria-label=format!("{title}, at most {top}") inner_html=shape
            ></svg>
            {ends.map(|(first, last)| view! { <div class="chart-ends"><span>{first}</span><span>{last}</span></div> })}
            <details>
                <summary>"Show as table"</summary>
                <table class="table small">
                    <caption class="sr-only">{title}</caption>
                    <tbody inner_html=rows></tbody>
                </table>
            </details>
        </figure>
    }
    .into_any()
}

/// The bars as SVG elements, each with its label and value as a title.
fn bars(points: &[(String, i64)], top: i64) -> String {
    let count = i64::try_from(points.len()).unwrap_or(1).max(1);
    let step = WIDTH / count;
    let mut shape = String::new();
    for (place, (label, value)) in (0i64..).zip(points) {
        let height = value.max(&0) * (HEIGHT - 4) / top;
        let height = if *value > 0 { height.max(3) } else { 1 };
        let (x, y, width) = (place * step + step / 8, HEIGHT - height, (step * 3 / 4).max(1));
        let label = escape(label);
        // Writing to a string cannot fail.
        let _ = write!(
            shape,
            r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="2"><title>{label}: {value}</title></rect>"#
        );
    }
    shape
}

/// The points as rows of a table, one text like the bars.
fn rows(points: &[(String, i64)]) -> String {
    let row = |(label, value): &(String, i64)| {
        let label = escape(label);
        format!(r#"<tr><th scope="row">{label}</th><td class="number">{value}</td></tr>"#)
    };
    points.iter().map(row).collect()
}

/// A line without axes, beside a figure that says the same in words.
#[component]
pub fn Spark(values: Vec<i64>) -> impl IntoView {
    let top = values.iter().copied().max().unwrap_or_default().max(1);
    let step = 100 / i64::try_from(values.len().saturating_sub(1)).unwrap_or(1).max(1);
    let mut line = String::new();
    for (place, value) in (0i64..).zip(values) {
        let _ = write!(line, "{},{} ", place * step, 22 - value.max(0) * 20 / top);
    }
    view! {
        <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
            <polyline points=line/>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{bars, rows};

    #[test]
    fn a_bar_is_as_high_as_its_share_and_never_hidden() {
        let shape = bars(&[("a".into(), 0), ("b<".into(), 1), ("c".into(), 1000)], 1000);
        assert_eq!(shape.matches("<rect").count(), 3);
        assert!(
            shape.contains(r#"height="136""#) && shape.contains(r#"height="3""#),
            "{shape}"
        );
        assert!(shape.contains("b&lt;: 1"));
        assert_eq!(
            rows(&[("b<".into(), 1)]),
            r#"<tr><th scope="row">b&lt;</th><td class="number">1</td></tr>"#
        );
    }
}
