use thiserror::Error;

/// Why a code or a logo was not made, and what to change.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum QrError {
    #[error("The code's colour is lighter than its background. Scanners expect dark on light: swap the two colours.")]
    Inverted,
    #[error(
        "The two colours are too alike: their contrast is {ratio:.1} to 1, scanners need 3 to 1. Choose a darker code or a lighter background."
    )]
    LowContrast { ratio: f64 },
    #[error("The address is too long for a code that still scans with a logo. Use a shorter one.")]
    TooLong,
    #[error("A code for this address needs at least {least} pixels. Choose a larger size.")]
    TooSmall { least: u32 },
    #[error("A code can have at most 4,096 pixels. Choose a smaller size, or SVG, which has any.")]
    TooLarge,
    #[error("A code in this design does not scan. Choose stronger colours or a simpler logo.")]
    DoesNotScan,
    #[error("SVG drawings cannot be used as a logo. Save it as PNG and upload that.")]
    LogoIsSvg,
    #[error("The logo must be a PNG, JPEG or WebP image.")]
    LogoType,
    #[error("The logo is too large. Give it at most 4,096 pixels on each side and 16 megapixels in all.")]
    LogoTooLarge,
    #[error("The logo's file is damaged. Save it again and upload that.")]
    LogoDamaged,
    /// Our fault, not the design's; the detail is for logs.
    #[error("The image could not be written. Try again.")]
    Internal { detail: String },
}

impl QrError {
    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal {
            detail: error.to_string(),
        }
    }
}
