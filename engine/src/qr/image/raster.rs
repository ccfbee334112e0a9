//! The code as pixels.

use super::{
    Design, LARGEST, QUIET, QrError, deflate,
    matrix::Matrix,
    palette::{Indexed, reduce},
};

/// A code for `data` as PNG of `px` by `px` pixels. Modules are whole pixels; what is left over widens the quiet zone.
pub fn png(data: &str, design: &Design, px: u32) -> Result<Vec<u8>, QrError> {
    if px > LARGEST {
        return Err(QrError::TooLarge);
    }
    let mut matrix = Matrix::new(data)?;
    let modules = matrix.width + 2 * QUIET;
    // At most 4,096 and 185: the casts keep the values.
    let side = px as usize;
    let module = side / modules;
    if module == 0 {
        return Err(QrError::TooSmall { least: modules as u32 });
    }
    let margin = (side - module * matrix.width) / 2;
    let base = [design.background, design.foreground];
    let logo = design.logo.as_ref().and_then(|logo| {
        let plate = matrix.clear();
        let picture = logo.drawn(((plate.logo * module as f64) as usize).max(1))?;
        let (width, height) = (picture.width, picture.height);
        let opaque: Vec<[u8; 3]> = picture
            .pixels
            .iter()
            .map(|pixel| over(*pixel, design.background))
            .collect();
        Some((width, height, reduce(&opaque, base)))
    });
    let palette = logo
        .as_ref()
        .map_or_else(|| base.to_vec(), |(_, _, indexed)| indexed.palette.clone());
    let mut canvas = Canvas::new(side, palette.len());
    for y in 0..matrix.width {
        canvas.modules(margin, margin + y * module, module, matrix.row(y));
    }
    if let Some((width, height, Indexed { pixels, .. })) = logo {
        let (left, top) = ((side - width) / 2, (side - height) / 2);
        for (at, row) in pixels.chunks_exact(width).enumerate() {
            canvas.pixels(left, top + at, row);
        }
    }
    canvas.encode(&palette, module)
}

/// A colour multiplied by its opacity, over another.
fn over(pixel: [f32; 4], background: [u8; 3]) -> [u8; 3] {
    let rest = 1.0 - pixel[3] / 255.0;
    std::array::from_fn(|channel| (pixel[channel] + f32::from(background[channel]) * rest).round() as u8)
}

/// Numbers of colours, as many to a byte as their count allows; before each row the byte that says it is not filtered.
struct Canvas {
    side: usize,
    /// Bytes of a row.
    stride: usize,
    bits: usize,
    bytes: Vec<u8>,
}

impl Canvas {
    fn new(side: usize, colours: usize) -> Self {
        let bits = match colours {
            0..=2 => 1,
            3..=4 => 2,
            5..=16 => 4,
            _ => 8,
        };
        let stride = 1 + (side * bits).div_ceil(8);
        Self {
            side,
            stride,
            bits,
            bytes: vec![0; stride * side],
        }
    }

    fn set(&mut self, x: usize, y: usize, colour: u8) {
        let bit = x * self.bits;
        let byte = &mut self.bytes[y * self.stride + 1 + bit / 8];
        let shift = 8 - self.bits - bit % 8;
        let mask = (0xff_u8 >> (8 - self.bits)) << shift;
        *byte = (*byte & !mask) | colour << shift;
    }

    /// A row of modules from the left margin on: drawn once, then copied down.
    fn modules(&mut self, margin: usize, top: usize, module: usize, row: &[bool]) {
        for (at, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            for x in 0..module {
                self.set(margin + at * module + x, top, 1);
            }
        }
        let first = top * self.stride;
        for copy in 1..module {
            self.bytes
                .copy_within(first..first + self.stride, first + copy * self.stride);
        }
    }

    fn pixels(&mut self, left: usize, y: usize, row: &[u8]) {
        for (at, &colour) in row.iter().enumerate() {
            self.set(left + at, y, colour);
        }
    }

    fn encode(&self, palette: &[[u8; 3]], module: usize) -> Result<Vec<u8>, QrError> {
        let mut out = Vec::with_capacity(8_192);
        let mut encoder = png::Encoder::new(&mut out, self.side as u32, self.side as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(match self.bits {
            1 => png::BitDepth::One,
            2 => png::BitDepth::Two,
            4 => png::BitDepth::Four,
            _ => png::BitDepth::Eight,
        });
        encoder.set_palette(palette.concat());
        // The row above, straight and slanted as in a logo's edges; the last row of the module above; runs; modules
        // that alternate.
        let (row, pair) = (self.stride, 2 * module * self.bits / 8);
        let distances = [row, 1, row + 1, row - 1, module * row, 2 * module * row, pair, 2];
        let packed = deflate::zlib(&self.bytes, &distances);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_chunk(png::chunk::IDAT, &packed));
        written.map_err(QrError::internal)?;
        Ok(out)
    }
}
