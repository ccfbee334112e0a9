//! Few colours instead of many.

/// Colours of a logo beside the two of the code: as many as fit four bits, or where those show, a number that still
/// packs well.
const FEW: usize = 14;
const MANY: usize = 200;
/// Mean square distance of a colour to its replacement that nobody sees at a logo's size (about four of 255 in each
/// channel).
const UNSEEN: u64 = 48;

/// A picture as numbers of colours.
pub(super) struct Indexed {
    /// The two colours of the code, then the logo's.
    pub palette: Vec<[u8; 3]>,
    pub pixels: Vec<u8>,
}

/// Colours that differ in their low four bits only, as their mean.
#[derive(Clone, Copy)]
struct Bucket {
    key: u16,
    count: u32,
    colour: [u8; 3],
}

fn key([red, green, blue]: [u8; 3]) -> u16 {
    u16::from(red >> 4) << 8 | u16::from(green >> 4) << 4 | u16::from(blue >> 4)
}

fn buckets(pixels: &[[u8; 3]]) -> Vec<Bucket> {
    // Count, red, green, blue. A logo has some ten thousand pixels: 32 bits are enough.
    let mut sums = vec![[0_u32; 4]; 4_096];
    for &pixel in pixels {
        let sum = &mut sums[usize::from(key(pixel))];
        sum[0] += 1;
        for (sum, channel) in sum[1..].iter_mut().zip(pixel) {
            *sum += u32::from(channel);
        }
    }
    let used = (0..).zip(sums).filter(|(_, sum)| sum[0] > 0);
    used.map(|(key, [count, red, green, blue])| {
        let colour = [red, green, blue].map(|sum| ((sum + count / 2) / count) as u8);
        Bucket { key, count, colour }
    })
    .collect()
}

/// The picture in the code's two colours and at most 200 more.
pub(super) fn reduce(pixels: &[[u8; 3]], base: [[u8; 3]; 2]) -> Indexed {
    let mut used = buckets(pixels);
    let few = cut(&mut used, FEW);
    let boxes = if loss(&used, &few) <= UNSEEN * pixels.len() as u64 {
        few
    } else {
        cut(&mut used, MANY)
    };
    let mut palette = base.to_vec();
    let mut number = vec![0_u8; 4_096];
    for (from, to) in boxes {
        let colour = Spread::of(&used[from..to]).mean;
        // What looks like the code's own colours is drawn in them, which packs better.
        let same = base.iter().position(|own| distance(*own, colour) <= UNSEEN);
        let index = same.unwrap_or_else(|| {
            palette.push(colour);
            palette.len() - 1
        });
        for bucket in &used[from..to] {
            number[usize::from(bucket.key)] = index as u8;
        }
    }
    Indexed {
        palette,
        pixels: pixels.iter().map(|&pixel| number[usize::from(key(pixel))]).collect(),
    }
}

/// How far the colours of some buckets lie apart.
#[derive(Clone, Copy)]
struct Spread {
    mean: [u8; 3],
    /// The channel with the most spread, and the sum of square distances to the mean in it.
    channel: usize,
    squares: u64,
}

impl Spread {
    fn of(buckets: &[Bucket]) -> Self {
        let (mut count, mut sums, mut squares) = (0, [0_u64; 3], [0_u64; 3]);
        for bucket in buckets {
            let weight = u64::from(bucket.count);
            count += weight;
            for channel in 0..3 {
                let value = u64::from(bucket.colour[channel]);
                sums[channel] += weight * value;
                squares[channel] += weight * value * value;
            }
        }
        let count = count.max(1);
        let mean = sums.map(|sum| ((sum + count / 2) / count) as u8);
        // Σ(x − m)² = Σx² − (Σx)²/n
        let around: [u64; 3] = std::array::from_fn(|at| squares[at].saturating_sub(sums[at] * sums[at] / count));
        let channel = (0..3).max_by_key(|&channel| around[channel]).unwrap_or(0);
        Self {
            mean,
            channel,
            squares: if buckets.len() < 2 { 0 } else { around[channel] },
        }
    }
}

/// Median cut (Heckbert 1982): the box with the most spread is cut in two, where its mean lies, until there are
/// enough. A cut at the mean gives a small stain of another colour a box of its own.
fn cut(used: &mut [Bucket], most: usize) -> Vec<(usize, usize)> {
    let mut boxes = vec![(0, used.len(), Spread::of(used))];
    while boxes.len() < most {
        let widest = boxes
            .iter()
            .enumerate()
            .max_by_key(|(_, (_, _, spread))| spread.squares);
        let Some((at, &(from, to, spread))) = widest else { break };
        if spread.squares == 0 {
            break;
        }
        let slice = &mut used[from..to];
        slice.sort_unstable_by_key(|bucket| bucket.colour[spread.channel]);
        let level = spread.mean[spread.channel];
        let below = slice
            .partition_point(|bucket| bucket.colour[spread.channel] <= level)
            .clamp(1, slice.len() - 1);
        let middle = from + below;
        boxes[at] = (from, middle, Spread::of(&used[from..middle]));
        boxes.push((middle, to, Spread::of(&used[middle..to])));
    }
    boxes.into_iter().map(|(from, to, _)| (from, to)).collect()
}

fn loss(used: &[Bucket], boxes: &[(usize, usize)]) -> u64 {
    let of_box = |&(from, to): &(usize, usize)| {
        let mean = Spread::of(&used[from..to]).mean;
        used[from..to]
            .iter()
            .map(|bucket| u64::from(bucket.count) * distance(bucket.colour, mean))
            .sum::<u64>()
    };
    boxes.iter().map(of_box).sum()
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u64 {
    one.iter()
        .zip(other)
        .map(|(a, b)| u64::from(a.abs_diff(b)).pow(2))
        .sum()
}
