//! Pictures made smaller or larger.

/// A picture whose colours are multiplied by their opacity: red, green, blue, opacity, each 0 to 255.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[f32; 4]>,
}

/// For each place of the new line the first old place and the weights from there on, which sum to 1.
fn weights(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let ratio = from as f32 / to as f32;
    // A triangle as wide as two new pixels, or two old ones where those are wider.
    let reach = ratio.max(1.0);
    (0..to)
        .map(|at| {
            let centre = (at as f32 + 0.5) * ratio;
            let first = (centre - reach - 0.5).ceil().max(0.0) as usize;
            let last = ((centre + reach - 0.5).floor() as usize).min(from - 1);
            let raw: Vec<f32> = (first..=last)
                .map(|place| (1.0 - (place as f32 + 0.5 - centre).abs() / reach).max(0.0))
                .collect();
            let sum: f32 = raw.iter().sum();
            (first, raw.into_iter().map(|weight| weight / sum).collect())
        })
        .collect()
}

impl Picture {
    /// The same picture with other numbers of pixels (at least 1).
    pub fn scaled(&self, width: usize, height: usize) -> Self {
        let (across, down) = (weights(self.width, width), weights(self.height, height));
        let mut narrow = Vec::with_capacity(width * self.height);
        for row in self.pixels.chunks_exact(self.width) {
            narrow.extend(across.iter().map(|(first, weights)| sum(weights, &row[*first..])));
        }
        let mut pixels = vec![[0.0; 4]; width * height];
        for (row, (first, weights)) in pixels.chunks_exact_mut(width).zip(&down) {
            for (at, weight) in weights.iter().enumerate() {
                let source = &narrow[(first + at) * width..][..width];
                for (out, pixel) in row.iter_mut().zip(source) {
                    for channel in 0..4 {
                        out[channel] += weight * pixel[channel];
                    }
                }
            }
        }
        Self { width, height, pixels }
    }

    /// Width and height with this longer side and the same shape.
    pub fn fit(&self, longer: usize) -> (usize, usize) {
        let most = self.width.max(self.height);
        let side = |side: usize| ((side * longer + most / 2) / most).max(1);
        (side(self.width), side(self.height))
    }
}

fn sum(weights: &[f32], pixels: &[[f32; 4]]) -> [f32; 4] {
    let mut out = [0.0; 4];
    for (weight, pixel) in weights.iter().zip(pixels) {
        for channel in 0..4 {
            out[channel] += weight * pixel[channel];
        }
    }
    out
}
