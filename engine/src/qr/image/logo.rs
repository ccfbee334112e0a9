//! A logo, taken from an uploaded image.

use std::io::Cursor;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::{LARGEST, QrError, scale::Picture};

const MOST_PIXELS: u64 = 16_000_000;
const MOST_MEMORY: u64 = 64 * 1024 * 1024;
/// Longer sides that are kept; drawing starts from the smallest one that is large enough.
const SIDES: [usize; 3] = [512, 256, 128];

/// A logo ready to be drawn: re-encoded, so that nothing of the uploaded file is left but its pixels.
#[derive(Clone, PartialEq)]
pub struct Logo {
    /// Largest first, none larger than the original.
    pictures: Vec<Picture>,
    png: Vec<u8>,
    /// The PNG as `data:` address for SVG.
    address: String,
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (width, height) = self.size();
        write!(f, "Logo({width} x {height})")
    }
}

impl Logo {
    /// Reads a PNG, JPEG or WebP image of at most 4,096 pixels a side and 16 megapixels, in at most 64 MiB. Takes up to
    /// half a second for the largest: not for an async thread.
    pub fn decode(bytes: &[u8]) -> Result<Self, QrError> {
        let format = match image::guess_format(bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
            _ if looks_like_svg(bytes) => return Err(QrError::LogoIsSvg),
            _ => return Err(QrError::LogoType),
        };
        let mut limits = Limits::default();
        limits.max_image_width = Some(LARGEST);
        limits.max_image_height = Some(LARGEST);
        limits.max_alloc = Some(MOST_MEMORY);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
        let (width, height) = decoder.dimensions();
        if width > LARGEST || height > LARGEST || u64::from(width) * u64::from(height) > MOST_PIXELS {
            return Err(QrError::LogoTooLarge);
        }
        let orientation = decoder.orientation().map_err(|error| reason(&error))?;
        let mut image = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
        image.apply_orientation(orientation);
        Self::new(&image)
    }

    fn new(image: &DynamicImage) -> Result<Self, QrError> {
        // Small enough before the pixels become floating-point numbers.
        let longer = image.width().max(image.height());
        let most = 2 * SIDES[0] as u32;
        let near = if longer > most {
            image.thumbnail(most, most).to_rgba8()
        } else {
            image.to_rgba8()
        };
        let whole = Picture {
            width: near.width() as usize,
            height: near.height() as usize,
            pixels: near.pixels().map(|pixel| multiplied(pixel.0)).collect(),
        };
        let mut pictures = Vec::with_capacity(SIDES.len());
        for side in SIDES {
            let source = pictures.last().unwrap_or(&whole);
            if source.width.max(source.height) > side {
                let (width, height) = source.fit(side);
                pictures.push(source.scaled(width, height));
            } else if pictures.is_empty() && side == SIDES[0] {
                pictures.push(whole.clone());
            }
        }
        let png = encode(pictures.first().unwrap_or(&whole))?;
        let small = pictures
            .iter()
            .find(|picture| picture.width.max(picture.height) <= SIDES[1]);
        let drawn = small.map(encode).transpose()?;
        let address = format!(
            "data:image/png;base64,{}",
            STANDARD.encode(drawn.as_ref().unwrap_or(&png))
        );
        Ok(Self { pictures, png, address })
    }

    /// The logo as a PNG file of at most 512 pixels a side: the form to keep.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// Width and height of that file.
    pub fn size(&self) -> (usize, usize) {
        self.pictures
            .first()
            .map_or((0, 0), |picture| (picture.width, picture.height))
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The picture with this longer side, in pixels.
    pub(super) fn drawn(&self, longer: usize) -> Option<Picture> {
        let enough = |picture: &&Picture| picture.width.max(picture.height) >= longer;
        let source = self.pictures.iter().rev().find(enough).or(self.pictures.first())?;
        let (width, height) = source.fit(longer);
        Some(source.scaled(width, height))
    }
}

fn reason(error: &ImageError) -> QrError {
    match error {
        ImageError::Limits(_) => QrError::LogoTooLarge,
        ImageError::Unsupported(_) => QrError::LogoType,
        _ => QrError::LogoDamaged,
    }
}

fn looks_like_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]).to_lowercase();
    head.contains("<svg") || head.trim_start_matches('\u{feff}').trim_start().starts_with("<?xml")
}

fn multiplied(pixel: [u8; 4]) -> [f32; 4] {
    let opacity = f32::from(pixel[3]);
    let [red, green, blue, _] = pixel.map(|channel| f32::from(channel) * opacity / 255.0);
    [red, green, blue, opacity]
}

fn encode(picture: &Picture) -> Result<Vec<u8>, QrError> {
    let straight = |pixel: &[f32; 4]| {
        let opacity = pixel[3];
        let channel = |value: f32| {
            if opacity > 0.0 {
                (value * 255.0 / opacity).round() as u8
            } else {
                0
            }
        };
        [
            channel(pixel[0]),
            channel(pixel[1]),
            channel(pixel[2]),
            opacity.round() as u8,
        ]
    };
    let bytes: Vec<u8> = picture.pixels.iter().flat_map(straight).collect();
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, picture.width as u32, picture.height as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::Balanced);
    let written = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&bytes));
    written.map_err(QrError::internal)?;
    Ok(out)
}
