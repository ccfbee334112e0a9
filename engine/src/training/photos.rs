//! Photos, of a page or sent in: copies of our own, so that a buyer's browser asks no other server for anything.
//!
//! Every picture is decoded and drawn anew, smaller: nothing of the foreign file is left but its pixels, no place
//! where it was taken either. What cannot be had of a page's photos is left out; they cost nothing.

use std::{io::Cursor, time::Duration};

use bytes::Bytes;
use domain::id::{OrganizationId, SourceId};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};

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
            let Ok(Ok(small)) = tokio::task::spawn_blocking(move || redrawn(&bytes)).await else {
                continue;
            };
            let number = kept.len();
            if engine
                .files()
                .put_photo(organization, source, number, &small)
                .await
                .is_ok()
            {
                kept.push(place_of(source, number));
            }
        }
    };
    if tokio::time::timeout(PATIENCE, all).await.is_err() {
        tracing::info!(source.id = %source, "Source `{source}` has more photos than could be had in time");
    }
    kept
}

/// Where a buyer's browser finds a copy.
pub(super) fn place_of(source: SourceId, number: usize) -> String {
    format!("/photo/{source}/{number}")
}

/// Why a picture is no photo, in words for whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoPhoto {
    #[error("This is no photo that can be read. Send it as JPEG, PNG or WebP.")]
    Kind,
    #[error("This photo is damaged or cut off. Save it anew and send that.")]
    Damaged,
    #[error("This picture is larger than we read (8,192 pixels a side, about 40 megapixels). Send a smaller copy.")]
    TooLarge,
    #[error("This picture is too small or too narrow for a photo of a home. Send one of at least 240 pixels a side.")]
    TooSmall,
}

impl From<ImageError> for NoPhoto {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            _ => Self::Damaged,
        }
    }
}

/// The picture as a small JPEG.
pub(super) fn redrawn(bytes: &[u8]) -> Result<Bytes, NoPhoto> {
    let format = image::guess_format(bytes).map_err(|_| NoPhoto::Kind)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(NoPhoto::Kind);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    // A banner or a strip is no photo of a house either.
    if width.min(height) < SHORTEST || width.max(height) > 4 * width.min(height) {
        return Err(NoPhoto::TooSmall);
    }
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    if picture.width().max(picture.height()) > LONGER {
        picture = picture.thumbnail(LONGER, LONGER);
    }
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder)?;
    Ok(out.into())
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

    /// The sum at the end of a PNG's chunk (PNG specification, annex D).
    fn crc(bytes: &[u8]) -> u32 {
        let step = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
        !bytes
            .iter()
            .fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
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
        // A picture that says of itself that it is 100,000 pixels wide.
        let mut vast = png(500, 400);
        vast[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        let sum = crc(&vast[12..29]);
        vast[29..33].copy_from_slice(&sum.to_be_bytes());
        for (bytes, reason) in [
            (png(64, 64), NoPhoto::TooSmall),
            (png(2_000, 300), NoPhoto::TooSmall),
            (b"<svg/>".to_vec(), NoPhoto::Kind),
            (b"GIF89a".to_vec(), NoPhoto::Kind),
            (png(500, 400)[..900].to_vec(), NoPhoto::Damaged),
            (vast, NoPhoto::TooLarge),
        ] {
            assert_eq!(redrawn(&bytes), Err(reason));
        }
    }
}
