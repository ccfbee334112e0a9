//! The modules of a code.

use std::sync::LazyLock;

use qrcode::{
    Color, EcLevel, bits,
    canvas::{Canvas, MaskPattern, Module},
    ec,
};

use super::QrError;

/// The black and white of a code, without quiet zone.
pub(super) struct Matrix {
    dark: Vec<bool>,
    /// Modules on a side.
    pub width: usize,
}

/// Modules in the middle that are cleared for a logo, and the part of them that the logo takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plate {
    /// First module, in both directions.
    pub start: usize,
    pub width: usize,
    /// In modules, at most a fifth of the code's side.
    pub logo: f64,
}

impl Matrix {
    pub fn new(data: &str) -> Result<Self, QrError> {
        let bits = bits::encode_auto(data.as_bytes(), EcLevel::H).map_err(|_| QrError::TooLong)?;
        let version = bits.version();
        let (words, correction) =
            ec::construct_codewords(&bits.into_bytes(), version, EcLevel::H).map_err(QrError::internal)?;
        let mut canvas = Canvas::new(version, EcLevel::H);
        canvas.draw_all_functional_patterns();
        canvas.draw_data(&words, &correction);
        // 17 modules and 4 for each version, 1 to 40.
        let width = usize::try_from(version.width()).map_err(QrError::internal)?;
        let canvas = match best_mask(&canvas, width) {
            Some(mask) => {
                canvas.apply_mask(mask);
                canvas
            }
            None => canvas.apply_best_mask(),
        };
        let dark = canvas
            .into_colors()
            .into_iter()
            .map(|colour| colour == Color::Dark)
            .collect();
        Ok(Self { dark, width })
    }

    pub fn row(&self, y: usize) -> &[bool] {
        &self.dark[y * self.width..][..self.width]
    }

    /// Clears the middle for a logo. The plate has an odd number of modules, as the code has, and half a module more
    /// than the logo on each side.
    pub fn clear(&mut self) -> Plate {
        let fifth = self.width / 5;
        let logo = if fifth.is_multiple_of(2) { fifth } else { fifth - 1 };
        let width = logo + 1;
        let start = (self.width - width) / 2;
        for y in start..start + width {
            self.dark[y * self.width + start..][..width].fill(false);
        }
        Plate {
            start,
            width,
            logo: logo as f64,
        }
    }
}

const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

/// Rows of the eight masks as bits, bit x for column x. They repeat every 12 rows.
static MASK_ROWS: LazyLock<[[u128; 12]; 8]> = LazyLock::new(|| {
    std::array::from_fn(|mask| {
        std::array::from_fn(|y| (0..128).filter(|&x| masked(mask, x, y)).fold(0, |row, x| row | 1 << x))
    })
});

/// ISO/IEC 18004, table 10.
fn masked(mask: usize, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (x / 3 + y / 2).is_multiple_of(2),
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + x * y % 3).is_multiple_of(2),
    }
}

/// The mask with the least penalty, like the library's own choice but on whole rows at once (about thirty times
/// faster; the choice is most of the cost of a code). The 31 modules that name the mask are left out of the count,
/// which any reader tolerates. `None` for codes wider than 128 modules.
fn best_mask(canvas: &Canvas, width: usize) -> Option<MaskPattern> {
    if width > 128 {
        return None;
    }
    let (mut base, mut data) = (vec![0_u128; width], vec![0_u128; width]);
    for (y, (base, data)) in base.iter_mut().zip(&mut data).enumerate() {
        for x in 0..width {
            // At most 128, so the casts keep the values.
            let module = canvas.get(x as i16, y as i16);
            *base |= u128::from(module.is_dark()) << x;
            *data |= u128::from(matches!(module, Module::Unmasked(_))) << x;
        }
    }
    let penalty_of = |mask: &[u128; 12]| {
        let rows: Vec<u128> = (0..width).map(|y| base[y] ^ (mask[y % 12] & data[y])).collect();
        penalty(&rows)
    };
    let best = (0..8).min_by_key(|&mask| penalty_of(&MASK_ROWS[mask]))?;
    Some(MASKS[best])
}

/// ISO/IEC 18004, 7.8.3.1: runs, blocks, finder-like patterns, balance.
fn penalty(rows: &[u128]) -> u32 {
    let width = rows.len();
    let columns = transposed(rows);
    let pairs = u128::MAX >> (129 - width);
    let lines: u32 = rows
        .iter()
        .chain(&columns)
        .map(|&line| runs(line, pairs) + 40 * finders(line, width))
        .sum();
    let blocks: u32 = rows
        .windows(2)
        .map(|two| {
            let alike = |row: u128| !(row ^ row >> 1);
            (alike(two[0]) & alike(two[1]) & !(two[0] ^ two[1]) & pairs).count_ones()
        })
        .sum();
    let dark: u32 = rows.iter().map(|row| row.count_ones()).sum();
    let all = (width * width) as u32;
    let balance = (dark * 20).abs_diff(all * 10) / all * 10;
    lines + 3 * blocks + balance
}

/// A run of n ≥ 5 equal modules costs n − 2.
fn runs(line: u128, pairs: u128) -> u32 {
    let alike = !(line ^ line >> 1) & pairs;
    let five = alike & alike >> 1 & alike >> 2 & alike >> 3;
    five.count_ones() + 2 * (five & !(five << 1)).count_ones()
}

/// Occurrences of 1011101 with four light modules before or behind.
fn finders(line: u128, width: usize) -> u32 {
    let places = u128::MAX >> (138 - width);
    let at = |offset: u32| line >> offset;
    let finder = |from: u32| {
        at(from) & !at(from + 1) & at(from + 2) & at(from + 3) & at(from + 4) & !at(from + 5) & at(from + 6)
    };
    let light = |from: u32| !(at(from) | at(from + 1) | at(from + 2) | at(from + 3));
    (finder(0) & light(7) & places).count_ones() + (light(0) & finder(4) & places).count_ones()
}

fn transposed(rows: &[u128]) -> Vec<u128> {
    let mut columns = vec![0; rows.len()];
    for (y, &row) in rows.iter().enumerate() {
        let mut rest = row;
        while rest != 0 {
            columns[rest.trailing_zeros() as usize] |= 1 << y;
            rest &= rest - 1;
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_masks_are_the_libraries() {
        for (at, mask) in MASKS.into_iter().enumerate() {
            let mut canvas = Canvas::new(qrcode::Version::Normal(7), EcLevel::H);
            canvas.draw_all_functional_patterns();
            canvas.draw_data(&[0; 66], &[0; 130]);
            let before = canvas.clone();
            canvas.apply_mask(mask);
            for y in 0..45_u8 {
                for x in 0..45_u8 {
                    if let Module::Unmasked(colour) = before.get(x.into(), y.into()) {
                        let flipped = canvas.get(x.into(), y.into()).is_dark() != (colour == Color::Dark);
                        assert_eq!(
                            flipped,
                            MASK_ROWS[at][usize::from(y) % 12] >> x & 1 == 1,
                            "mask {at} at {x},{y}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn penalties_by_hand() {
        let line = |text: &str| {
            text.bytes()
                .rev()
                .fold(0_u128, |line, b| line << 1 | u128::from(b == b'1'))
        };
        let run = |text: &str| runs(line(text), u128::MAX >> (129 - text.len()));
        assert_eq!(run("11110000"), 0);
        assert_eq!(run("11111000"), 3);
        assert_eq!(run("0000001"), 4);
        assert_eq!(run("1111100000"), 6);
        let finder = |text: &str| finders(line(text), text.len());
        assert_eq!(finder("10111010000"), 1);
        assert_eq!(finder("00001011101"), 1);
        assert_eq!(finder("000010111010000"), 2);
        assert_eq!(finder("10111010001"), 0);
        // Eleven by eleven, all dark: 22 runs, 100 blocks, all of 50 percent too many.
        assert_eq!(penalty(&[u128::MAX >> 117; 11]), 22 * 9 + 300 + 100);
    }

    #[test]
    fn the_choice_costs_hardly_more_than_the_libraries() {
        for data in [
            "https://porch.example/q/7Kd2",
            "HELLO 123",
            &"https://porch.example/q/".repeat(6),
        ] {
            let own = Matrix::new(data).expect("a code");
            let theirs = qrcode::QrCode::with_error_correction_level(data, EcLevel::H).expect("a code");
            assert_eq!(own.width, theirs.width());
            let rows = |row: &dyn Fn(usize) -> Vec<bool>| -> Vec<u128> {
                (0..own.width)
                    .map(|y| {
                        row(y)
                            .iter()
                            .enumerate()
                            .fold(0, |line, (x, dark)| line | u128::from(*dark) << x)
                    })
                    .collect()
            };
            let colours = theirs.to_colors();
            let ours = penalty(&rows(&|y| own.row(y).to_vec()));
            let least = penalty(&rows(&|y| {
                (0..own.width)
                    .map(|x| colours[y * own.width + x] == Color::Dark)
                    .collect()
            }));
            assert!(ours <= least + least / 10, "{ours} and {least}");
        }
    }

    #[test]
    fn the_code_is_not_mirrored() {
        let mut mirror = Vec::new();
        for data in ["a", "b", "c", "d", "e", "f", "g", "h"] {
            let matrix = Matrix::new(data).expect("a code");
            // ISO/IEC 18004, 7.9.1: the module right above the lower finder's corner is always dark.
            assert!(matrix.row(matrix.width - 8)[8]);
            mirror.push(matrix.row(8)[matrix.width - 8]);
        }
        assert!(
            mirror.contains(&false),
            "its mirror image is not, or this test could not fail"
        );
    }

    #[test]
    fn the_plate_is_odd_central_and_at_most_a_fifth() {
        for length in [1, 20, 60, 120, 400] {
            let mut matrix = Matrix::new(&"x".repeat(length)).expect("a code");
            let plate = matrix.clear();
            assert!(plate.logo * 5.0 <= matrix.width as f64 && plate.logo + 1.0 == plate.width as f64);
            assert_eq!(2 * plate.start + plate.width, matrix.width);
            for y in 0..matrix.width {
                let inside = (plate.start..plate.start + plate.width).contains(&y);
                assert!(!inside || matrix.row(y)[plate.start..][..plate.width].iter().all(|dark| !dark));
            }
        }
        assert_eq!(Matrix::new(&"x".repeat(3_000)).err(), Some(QrError::TooLong));
    }
}
