//! Photos of a page: copies of our own, so that a buyer's browser asks no other server for anything.
//!
//! Every picture is decoded and drawn anew, smaller: nothing of the foreign file is left but its pixels, no place
//! where it was taken either. What cannot be had is left out; photos cost nothing.

use std::{io::Cursor, time::Duration};

use bytes::Bytes;
use domain::id::{OrganizationId, SourceId};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};

use crate::Engine;

/// Pictures that are kept of a source.
pub(crate) const MOST: usize = 6;
/// For all of them together.
const PATIENCE: Duration = Duration::from_secs(25);
/// The longer side of what is kept, in pixels; a phone held upright shows it sharp.
const LONGER: u32 = 960;
/// Smaller ones are icons and lines, not photos.
const SHORTEST: u32 = 240;
const LARGEST: u32 = 8_192;
const MOST_MEMORY: u64 = 128 * 1024 * 1024;
const QUALITY: u8 = 72;

/// Keeps copies of the pictures at these addresses, and gives the addresses of the copies, in the same order.
pub(super) async fn copies(
    engine: &Engine,
    organization: OrganizationId,
    source: SourceId,
    addresses: &[String],
) -> Vec<String> {
    let mut kept = Vec::new();
    let all = async {
        // Some are no photos after all: twice as many are looked at.
        for address in addresses.iter().take(2 * MOST) {
            if kept.len() == MOST {
                break;
            }
            let Ok(bytes) = engine.fetcher().fetch_image(address, engine.clock().now()).await else {
                continue;
            };
            let Ok(Some(small)) = tokio::task::spawn_blocking(move || redrawn(&bytes)).await else {
                continue;
            };
            let number = kept.len();
            if engine
                .files()
                .put_photo(organization, source, number, &small)
                .await
                .is_ok()
            {
                kept.push(format!("/photo/{source}/{number}"));
            }
        }
    };
    if tokio::time::timeout(PATIENCE, all).await.is_err() {
        tracing::info!(source.id = %source, "Source `{source}` has more photos than could be had in time");
    }
    kept
}

/// The picture as a small JPEG; `None` for what is no photo.
fn redrawn(bytes: &[u8]) -> Option<Bytes> {
    let format = image::guess_format(bytes).ok()?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    // A banner or a strip is no photo of a house either.
    if width.min(height) < SHORTEST || width.max(height) > 4 * width.min(height) {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > LONGER {
        picture = picture.thumbnail(LONGER, LONGER);
    }
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).ok()?;
    Some(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = image::RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 90]));
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn photos_are_drawn_anew_and_small() {
        let small = redrawn(&png(2_000, 1_500)).unwrap();
        assert_eq!(image::guess_format(&small).unwrap(), ImageFormat::Jpeg);
        let again = image::load_from_memory(&small).unwrap();
        assert_eq!((again.width(), again.height()), (960, 720));
        assert!(small.len() < 150_000, "{}", small.len());
    }

    #[test]
    fn what_is_no_photo_is_left_out() {
        for bytes in [
            png(64, 64),
            png(2_000, 300),
            b"<svg/>".to_vec(),
            b"GIF89a".to_vec(),
            png(500, 400)[..900].to_vec(),
        ] {
            assert!(redrawn(&bytes).is_none());
        }
    }
}
