//! Whether two colours can be told apart by a camera.

use super::QrError;

/// Relative luminance, 0 to 1 (WCAG 2.2, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>).
fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

/// Dark on light, with a contrast ratio (WCAG 2.2) of at least 3.
pub(super) fn check(foreground: [u8; 3], background: [u8; 3]) -> Result<(), QrError> {
    let (dark, light) = (luminance(foreground), luminance(background));
    if dark > light {
        return Err(QrError::Inverted);
    }
    let ratio = (light + 0.05) / (dark + 0.05);
    if ratio < 3.0 {
        Err(QrError::LowContrast { ratio })
    } else {
        Ok(())
    }
}
