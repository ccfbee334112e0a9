//! Reading a code again.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, ImageReader, Limits};
use rqrr::PreparedImage;

use super::{Design, LARGEST, QUIET, QrError, colour, matrix::Matrix, raster::png};

/// Pixels of a code in a photograph from some distance, unless it has too many modules for that.
const SMALL: u32 = 150;
/// The least pixels for a module that a reader can be asked to see when they are blurred.
const SMALLEST_MODULE: u32 = 3;

/// Whether the picture, read by a decoder, says exactly `data`.
pub fn verify(png: &[u8], data: &str) -> Result<(), QrError> {
    reads(&grey(png)?, data)
}

/// A code for `data` that was seen to scan, as it is and small and blurred, in colours that a camera tells apart.
pub fn checked_png(data: &str, design: &Design, px: u32) -> Result<Vec<u8>, QrError> {
    colour::check(design.foreground, design.background)?;
    let drawn = png(data, design, px)?;
    let large = grey(&drawn)?;
    reads(&large, data)?;
    // At most 185 modules.
    let modules = (Matrix::new(data)?.width + 2 * QUIET) as u32;
    let side = SMALL.max(modules * SMALLEST_MODULE).min(px);
    reads(&blurred(&image::imageops::thumbnail(&large, side, side)), data)?;
    Ok(drawn)
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
    let mut prepared =
        PreparedImage::prepare_from_greyscale(row, height as usize, |x, y| pixels[y * row + x]);
    let read = prepared.detect_grids().iter().any(|grid| grid.decode().is_ok_and(|(_, text)| text == data));
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
    GrayImage::from_fn(width, height, |x, y| image::Luma([soft(&|y| across.get_pixel(x, y).0[0], y, height)]))
}
