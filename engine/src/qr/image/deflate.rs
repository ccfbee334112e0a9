//! Deflate (RFC 1951) in the zlib wrapper (RFC 1950), for pictures whose rows repeat.
//!
//! A code's rows are copies of the row above, or of the row one module above, or runs. A general packer searches for
//! such repetitions, this one knows where they are: that is some five times faster here, and smaller as well.

const SHORTEST: usize = 3;
const LONGEST: usize = 258;
const FARTHEST: usize = 32_768;
/// Symbols: bytes, the end of the block, lengths of repetitions.
const SYMBOLS: usize = 286;
const END: usize = 256;
const DISTANCES: usize = 30;

/// First length of each length symbol, first distance of each distance symbol (RFC 1951, 3.2.5).
const LENGTH_FROM: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_FROM: [u16; DISTANCES] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073, 4_097,
    6_145, 8_193, 12_289, 16_385, 24_577,
];
/// The order in which lengths of the code for code lengths are written (RFC 1951, 3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// A byte as it is, or a repetition of what stood `distance` bytes before.
#[derive(Clone, Copy)]
enum Token {
    Byte(u8),
    Repeat { length: u16, distance: u16 },
}

/// Packs `data`, looking for repetitions at these distances only; those that cannot be are passed over.
pub(super) fn zlib(data: &[u8], distances: &[usize]) -> Vec<u8> {
    let tokens = tokens(data, distances);
    let mut out = Bits {
        bytes: vec![0x78, 0x5e],
        held: 0,
        count: 0,
    };
    block(&tokens, &mut out);
    let mut bytes = out.finish();
    bytes.extend(adler32(data).to_be_bytes());
    bytes
}

fn tokens(data: &[u8], distances: &[usize]) -> Vec<Token> {
    let mut usable: Vec<usize> = distances
        .iter()
        .copied()
        .filter(|far| (1..=FARTHEST).contains(far))
        .collect();
    // Near ones first: among equals they take fewer bits.
    usable.sort_unstable();
    let mut tokens = Vec::with_capacity(8_192);
    let mut at = 0;
    while at < data.len() {
        let mut best = (0, 0);
        for &far in usable.iter().filter(|far| **far <= at) {
            let length = alike(data, at, far);
            if length > best.0 {
                best = (length, far);
            }
            if length == LONGEST {
                break;
            }
        }
        match best {
            (SHORTEST.., _) => {
                // At most 258 and 32,768: the casts keep the values.
                tokens.push(Token::Repeat {
                    length: best.0 as u16,
                    distance: best.1 as u16,
                });
                at += best.0;
            }
            _ => {
                tokens.push(Token::Byte(data[at]));
                at += 1;
            }
        }
    }
    tokens
}

/// How many bytes from `at` on equal those `far` before, at most 258.
fn alike(data: &[u8], at: usize, far: usize) -> usize {
    let here = &data[at..data.len().min(at + LONGEST)];
    let there = &data[at - far..][..here.len()];
    let words = here
        .chunks_exact(8)
        .zip(there.chunks_exact(8))
        .take_while(|(one, other)| one == other)
        .count();
    let start = 8 * words;
    start
        + here[start..]
            .iter()
            .zip(&there[start..])
            .take_while(|(one, other)| one == other)
            .count()
}

/// The symbol whose range a value falls into.
fn symbol(from: &[u16], value: u16) -> usize {
    from.partition_point(|first| *first <= value) - 1
}

fn distance_bits(symbol: usize) -> u8 {
    if symbol < 4 { 0 } else { (symbol / 2 - 1) as u8 }
}

/// One final block with codes made for it.
fn block(tokens: &[Token], out: &mut Bits) {
    let (mut symbols, mut distances) = ([0_u32; SYMBOLS], [0_u32; DISTANCES]);
    symbols[END] = 1;
    for token in tokens {
        match *token {
            Token::Byte(byte) => symbols[usize::from(byte)] += 1,
            Token::Repeat { length, distance } => {
                symbols[257 + symbol(&LENGTH_FROM, length)] += 1;
                distances[symbol(&DISTANCE_FROM, distance)] += 1;
            }
        }
    }
    // Decoders want at least one distance code, used or not.
    distances[0] = distances[0].max(1);
    let (symbols, distances) = (Code::new(&symbols, 15), Code::new(&distances, 15));
    out.put(0b101, 3);
    header(&symbols.lengths, &distances.lengths, out);
    for token in tokens {
        match *token {
            Token::Byte(byte) => symbols.put(usize::from(byte), out),
            Token::Repeat { length, distance } => {
                let by_length = symbol(&LENGTH_FROM, length);
                symbols.put(257 + by_length, out);
                out.put(u32::from(length - LENGTH_FROM[by_length]), LENGTH_BITS[by_length]);
                let by_distance = symbol(&DISTANCE_FROM, distance);
                distances.put(by_distance, out);
                out.put(
                    u32::from(distance - DISTANCE_FROM[by_distance]),
                    distance_bits(by_distance),
                );
            }
        }
    }
    symbols.put(END, out);
}

/// The lengths of both codes, themselves coded (RFC 1951, 3.2.7).
fn header(symbols: &[u8], distances: &[u8], out: &mut Bits) {
    let used = |lengths: &[u8], least: usize| {
        lengths
            .iter()
            .rposition(|length| *length > 0)
            .map_or(least, |at| (at + 1).max(least))
    };
    let (symbols, distances) = (&symbols[..used(symbols, 257)], &distances[..used(distances, 1)]);
    // Each entry: a symbol, the value of its extra bits, their number.
    let mut runs: Vec<(usize, u32, u8)> = Vec::new();
    let all = [symbols, distances].concat();
    for run in all.chunk_by(|one, other| one == other) {
        let (length, mut left) = (usize::from(run[0]), run.len());
        if length > 0 {
            runs.push((length, 0, 0));
            left -= 1;
        }
        while left > 0 {
            let count = match (length, left) {
                (_, ..=2) => 1,
                (0, _) => left.min(138),
                (_, _) => left.min(6),
            };
            let extra = count as u32;
            runs.push(match (length, count) {
                (length, ..=2) => (length, 0, 0),
                (0, ..=10) => (17, extra - 3, 3),
                (0, _) => (18, extra - 11, 7),
                (_, _) => (16, extra - 3, 2),
            });
            left -= count;
        }
    }
    let mut counts = [0; 19];
    for (symbol, _, _) in &runs {
        counts[*symbol] += 1;
    }
    let code = Code::new(&counts, 7);
    let written = ORDER
        .iter()
        .rposition(|&symbol| code.lengths[symbol] > 0)
        .map_or(4, |at| (at + 1).max(4));
    out.put(symbols.len() as u32 - 257, 5);
    out.put(distances.len() as u32 - 1, 5);
    out.put(written as u32 - 4, 4);
    for &symbol in &ORDER[..written] {
        out.put(u32::from(code.lengths[symbol]), 3);
    }
    for (symbol, extra, bits) in runs {
        code.put(symbol, out);
        out.put(extra, bits);
    }
}

/// A prefix code: for each symbol its bits, reversed as they are written, and their number.
struct Code {
    lengths: Vec<u8>,
    words: Vec<u16>,
}

impl Code {
    /// The best code for these counts with no word longer than `longest` (Huffman 1952; overlong words are shortened
    /// at the cost of short ones until Kraft's sum is 1 again).
    fn new(counts: &[u32], longest: usize) -> Self {
        let mut used: Vec<(u32, usize)> = (0..)
            .zip(counts)
            .filter(|(_, count)| **count > 0)
            .map(|(at, count)| (*count, at))
            .collect();
        used.sort_unstable();
        let mut lengths = vec![0_u8; counts.len()];
        if let [(_, only)] = used.as_slice() {
            lengths[*only] = 1;
        } else if used.len() > 1 {
            let depths = depths(&used.iter().map(|(count, _)| u64::from(*count)).collect::<Vec<_>>());
            let mut of_length = vec![0_usize; longest + 1];
            for depth in depths {
                of_length[depth.min(longest)] += 1;
            }
            // Kraft's sum in units of the longest word.
            let full = 1_usize << longest;
            let mut sum: usize = (1..=longest)
                .map(|length| of_length[length] << (longest - length))
                .sum();
            while sum > full {
                of_length[longest] -= 1;
                let Some(shorter) = (1..longest).rev().find(|length| of_length[*length] > 0) else {
                    break;
                };
                of_length[shorter] -= 1;
                of_length[shorter + 1] += 2;
                sum -= 1;
            }
            // The rarest symbols take the longest words.
            let mut symbols = used.iter().map(|(_, symbol)| *symbol);
            for length in (1..=longest).rev() {
                for symbol in symbols.by_ref().take(of_length[length]) {
                    lengths[symbol] = length as u8;
                }
            }
        }
        let words = words(&lengths, longest);
        Self { lengths, words }
    }

    fn put(&self, symbol: usize, out: &mut Bits) {
        out.put(u32::from(self.words[symbol]), self.lengths[symbol]);
    }
}

/// Depths in Huffman's tree for at least two counts in rising order, by merging the two lightest nodes each time.
fn depths(counts: &[u64]) -> Vec<usize> {
    let leaves = counts.len();
    let mut weight = counts.to_vec();
    let mut parent = vec![0; 2 * leaves - 1];
    let (mut leaf, mut node) = (0, leaves);
    for new in leaves..2 * leaves - 1 {
        let mut sum = 0;
        for _ in 0..2 {
            let lightest = if leaf < leaves && (node >= new || counts[leaf] <= weight[node]) {
                &mut leaf
            } else {
                &mut node
            };
            sum += weight[*lightest];
            parent[*lightest] = new;
            *lightest += 1;
        }
        weight.push(sum);
    }
    let mut depth = vec![0; 2 * leaves - 1];
    for at in (0..2 * leaves - 2).rev() {
        depth[at] = depth[parent[at]] + 1;
    }
    depth.truncate(leaves);
    depth
}

/// Canonical words (RFC 1951, 3.2.2), their bits turned round since they are written first bit first.
fn words(lengths: &[u8], longest: usize) -> Vec<u16> {
    let mut next = vec![0_u16; longest + 2];
    for length in 1..=longest {
        let count = lengths.iter().filter(|one| usize::from(**one) == length).count() as u16;
        next[length + 1] = (next[length] + count) << 1;
    }
    let word = |&length: &u8| {
        if length == 0 {
            return 0;
        }
        let word = next[usize::from(length)];
        next[usize::from(length)] += 1;
        word.reverse_bits() >> (16 - length)
    };
    lengths.iter().map(word).collect()
}

/// Bits, the first one lowest in its byte.
struct Bits {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, bits: u8) {
        self.held |= u64::from(value) << self.count;
        self.count += u32::from(bits);
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.held as u8);
        }
        self.bytes
    }
}

/// RFC 1950, 8.2; sums of 32 bytes at once, which the compiler turns into vector instructions.
fn adler32(data: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    let (mut low, mut high) = (1_u32, 0_u32);
    // So many bytes cannot overflow 32 bits.
    for part in data.chunks(5_536) {
        let mut blocks = part.chunks_exact(32);
        for block in blocks.by_ref() {
            high += 32 * low;
            let (mut plain, mut weighted) = (0, 0);
            for (at, &byte) in (1..).zip(block.iter().rev()) {
                plain += u32::from(byte);
                weighted += at * u32::from(byte);
            }
            low += plain;
            high += weighted;
        }
        for &byte in blocks.remainder() {
            low += u32::from(byte);
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(packed)
            .read_to_end(&mut out)
            .expect("a zlib stream");
        out
    }

    #[test]
    fn what_is_packed_comes_out_again() {
        let mut seed = 1_u64;
        let mut next = |below: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for round in 0..400 {
            let (length, colours) = (next(4_000) as usize, 1 + next(if round % 2 == 0 { 4 } else { 256 }));
            let mut data: Vec<u8> = (0..length).map(|_| next(colours) as u8).collect();
            for _ in 0..next(20) {
                let (from, to) = (next(length as u64 + 1) as usize, next(length as u64 + 1) as usize);
                if from < to {
                    let value = data[from];
                    data[from..to].fill(value);
                }
            }
            let distances = [1, 1 + next(50) as usize, 1 + next(5_000) as usize, 0, 40_000];
            assert_eq!(unpacked(&zlib(&data, &distances)), data, "round {round}");
        }
    }

    #[test]
    fn rare_symbols_do_not_make_words_too_long() {
        // Counts like Fibonacci's numbers make the deepest tree there is.
        let (mut one, mut other) = (1_usize, 1);
        let mut data = Vec::new();
        for symbol in 0..22 {
            data.extend(std::iter::repeat_n(symbol, one));
            (one, other) = (other, one + other);
        }
        assert_eq!(unpacked(&zlib(&data, &[])), data);
        let code = Code::new(&[1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144], 7);
        let kraft: u32 = code.lengths.iter().map(|length| 128 >> length).sum();
        assert!(
            kraft == 128 && code.lengths.iter().all(|length| *length <= 7),
            "{:?}",
            code.lengths
        );
    }

    #[test]
    fn rows_that_repeat_take_hardly_anything() {
        let row: Vec<u8> = (0..=255).collect();
        let data = row.repeat(512);
        assert!(zlib(&data, &[256]).len() < 1_300);
        assert_eq!(unpacked(&zlib(&data, &[256])), data);
        assert!(unpacked(&zlib(&[], &[1])).is_empty());
    }
}
