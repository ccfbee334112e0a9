//! Reading a code again.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, ImageReader, Limits};
use rqrr::PreparedImage;

use super::{Design, LARGEST, QUIET, QrError, colour, matrix::Matrix, raster::png};

/// Sizes of a module, in tenths of a pixel, at which a soft picture of the code is tried. A decoder may miss one size by
/// bad luck; a sound design is read in one of them (600 of 600 random ones), a washed-out or covered one in none.
const SOFT: [u32; 6] = [60, 50, 55, 45, 70, 40];
/// Pixels of a module in the picture from which the soft ones are made.
const SHARP: u32 = 8;
/// Pixels that a module must have to be read with certainty.
const LEAST: u32 = 3;

/// Whether the picture, read by a decoder, says exactly `data`.
pub fn verify(png: &[u8], data: &str) -> Result<(), QrError> {
    reads(&grey(png)?, data)
}

/// A code for `data` that was seen to scan, as it is and small and out of focus, in colours that a camera tells apart.
/// Takes some 20 ms: for codes that are about to be kept.
pub fn checked_png(data: &str, design: &Design, px: u32) -> Result<Vec<u8>, QrError> {
    colour::check(design.foreground, design.background)?;
    // At most 185 modules: the cast keeps the value.
    let modules = (Matrix::new(data)?.width + 2 * QUIET) as u32;
    if px < modules * LEAST {
        return Err(QrError::TooSmall { least: modules * LEAST });
    }
    let drawn = png(data, design, px)?;
    verify(&drawn, data)?;
    let sharp = grey(&png(data, design, modules * SHARP)?)?;
    let soft = |tenths: u32| {
        let side = modules * tenths / 10;
        blurred(&image::imageops::thumbnail(&sharp, side, side))
    };
    if SOFT.iter().any(|tenths| reads(&soft(*tenths), data).is_ok()) {
        Ok(drawn)
    } else {
        Err(QrError::DoesNotScan)
    }
}

fn grey(png: &[u8]) -> Result<GrayImage, QrError> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    let mut reader = ImageReader::with_format(Cursor::new(png), ImageFormat::Png);
    reader.limits(limits);
    Ok(reader.decode().map_err(QrError::internal)?.into_luma8())
}

fn reads(picture: &GrayImage, data: &str) -> Result<(), QrError> {
    let (width, height) = picture.dimensions();
    let pixels = picture.as_raw();
    let row = width as usize;
    let mut prepared = PreparedImage::prepare_from_greyscale(row, height as usize, |x, y| pixels[y * row + x]);
    let read = prepared
        .detect_grids()
        .iter()
        .any(|grid| grid.decode().is_ok_and(|(_, text)| text == data));
    if read { Ok(()) } else { Err(QrError::DoesNotScan) }
}

/// Each pixel as the weighted mean of nine, 1 2 1 in both directions: a lens slightly out of focus.
fn blurred(picture: &GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let soft = |get: &dyn Fn(u32) -> u8, at: u32, most: u32| {
        let near = |at: u32| u16::from(get(at));
        ((near(at.saturating_sub(1)) + 2 * near(at) + near((at + 1).min(most - 1)) + 2) / 4) as u8
    };
    let across = GrayImage::from_fn(width, height, |x, y| {
        image::Luma([soft(&|x| picture.get_pixel(x, y).0[0], x, width)])
    });
    GrayImage::from_fn(width, height, |x, y| {
        image::Luma([soft(&|y| across.get_pixel(x, y).0[0], y, height)])
    })
}
