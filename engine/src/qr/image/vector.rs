//! The code as a drawing.

use std::fmt::Write;

use super::{Design, QUIET, QrError, matrix::Matrix};

/// A code for `data` as SVG of any size, one unit a module. The logo is embedded as PNG; nothing else is in it that
/// could load or run anything.
pub fn svg(data: &str, design: &Design) -> Result<String, QrError> {
    let mut matrix = Matrix::new(data)?;
    let plate = design.logo.as_ref().map(|logo| (logo, matrix.clear()));
    let side = matrix.width + 2 * QUIET;
    let mut out = String::with_capacity(8_192 + plate.as_ref().map_or(0, |(logo, _)| logo.address().len()));
    draw(&mut out, design, &matrix, side).map_err(QrError::internal)?;
    if let Some((logo, plate)) = plate {
        let (width, height) = logo.size();
        let scale = plate.logo / width.max(height).max(1) as f64;
        let (width, height) = (width as f64 * scale, height as f64 * scale);
        let (x, y) = ((side as f64 - width) / 2.0, (side as f64 - height) / 2.0);
        write!(
            out,
            r#"<image x="{x:.3}" y="{y:.3}" width="{width:.3}" height="{height:.3}" href="{}"/>"#,
            logo.address()
        )
        .map_err(QrError::internal)?;
    }
    out.push_str("</svg>");
    Ok(out)
}

fn draw(out: &mut String, design: &Design, matrix: &Matrix, side: usize) -> std::fmt::Result {
    let [background, foreground] =
        [design.background, design.foreground].map(|[red, green, blue]| format!("#{red:02x}{green:02x}{blue:02x}"));
    write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="512" height="512" shape-rendering="crispEdges"><path fill="{background}" d="M0 0h{side}v{side}h-{side}z"/><path fill="{foreground}" d=""#
    )?;
    for y in 0..matrix.width {
        let mut x = 0;
        for run in matrix.row(y).chunk_by(|one, other| one == other) {
            if run[0] {
                write!(out, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len())?;
            }
            x += run.len();
        }
    }
    out.push_str("\"/>");
    Ok(())
}
