//! QR codes as images: PNG and SVG, in a brand's colours, with its logo in the middle.
//!
//! Error correction is level H (30 %), the quiet zone four modules (ISO/IEC 18004, 6.3.8); the logo takes at most a
//! fifth of the side, on a plate cleared of modules. `checked_png` reads its own work again, large, and small and
//! blurred as a phone sees it from afar, so that a code that does not scan is never handed out.

mod colour;
mod deflate;
mod error;
mod logo;
mod matrix;
mod palette;
mod raster;
mod scale;
mod vector;
mod verify;

#[cfg(test)]
mod tests;

pub use self::{
    error::QrError,
    logo::Logo,
    raster::png,
    vector::svg,
    verify::{checked_png, verify},
};

/// How a code looks. Colours are sRGB; the foreground must be the darker one.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    pub foreground: [u8; 3],
    pub background: [u8; 3],
    pub logo: Option<Logo>,
}

impl Default for Design {
    /// Black on white, without a logo.
    fn default() -> Self {
        Self {
            foreground: [0; 3],
            background: [255; 3],
            logo: None,
        }
    }
}

/// Empty modules on each side.
const QUIET: usize = 4;
/// Longest side of an image that we draw or read, in pixels.
const LARGEST: u32 = 4_096;
