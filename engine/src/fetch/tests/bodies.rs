use std::io::Write;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};

use super::super::body::{Full, Reader};

const LIMIT: usize = 5 << 20;

/// Text that packs about threefold.
fn text() -> Vec<u8> {
    let mut seed = 7_u32;
    let word = |seed: &mut u32| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        [
            "house ", "roof ", "three ", "bed ", "sale ", "porch ", "garden ", "light ",
        ][(*seed >> 24) as usize % 8]
    };
    (0..20_000).map(|_| word(&mut seed)).collect::<String>().into_bytes()
}

fn packed(coding: &str, data: &[u8]) -> Vec<u8> {
    match coding {
        "" => data.to_vec(),
        "gzip" => {
            let mut out = GzEncoder::new(Vec::new(), Compression::default());
            out.write_all(data).and_then(|()| out.finish()).expect("packed")
        }
        "zlib" => {
            let mut out = ZlibEncoder::new(Vec::new(), Compression::default());
            out.write_all(data).and_then(|()| out.finish()).expect("packed")
        }
        "deflate" => {
            let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
            out.write_all(data).and_then(|()| out.finish()).expect("packed")
        }
        "br" => {
            let mut out = Vec::new();
            {
                let mut writer = brotli::CompressorWriter::new(&mut out, 4_096, 5, 22);
                writer.write_all(data).expect("packed");
            }
            out
        }
        other => panic!("{other}"),
    }
}

const CODINGS: [(&str, &str); 5] = [
    ("", ""),
    ("gzip", "gzip"),
    ("zlib", "deflate"),
    ("deflate", "deflate"),
    ("br", "br"),
];

fn unpack(coding: &str, data: &[u8], chunk: usize, limit: usize) -> Result<Vec<u8>, Full> {
    let mut reader = Reader::new(coding, limit, 100).expect("a known coding");
    for piece in data.chunks(chunk) {
        reader.feed(piece)?;
    }
    reader.finish().map(Vec::from)
}

#[test]
fn every_coding_is_unpacked_however_it_is_cut() {
    let text = text();
    for (how, coding) in CODINGS {
        let data = packed(how, &text);
        for chunk in [1, 2, 7, 4_096, usize::MAX] {
            assert_eq!(
                unpack(coding, &data, chunk, LIMIT).as_ref(),
                Ok(&text),
                "{how} in pieces of {chunk}"
            );
        }
        assert_eq!(unpack(coding, b"", 1, LIMIT), Ok(Vec::new()), "{how} without a body");
    }
    assert!(Reader::new("zstd", LIMIT, 100).is_none());
}

#[test]
fn bytes_after_the_end_are_ignored() {
    let data = [packed("gzip", b"hello"), b"trailing".to_vec()].concat();
    assert_eq!(unpack("gzip", &data, 3, LIMIT), Ok(b"hello".to_vec()));
}

#[test]
fn a_packed_body_that_breaks_off_is_broken() {
    let text = text();
    for (how, coding) in CODINGS.into_iter().skip(1) {
        let data = packed(how, &text);
        let half = &data[..data.len() / 2];
        assert_eq!(unpack(coding, half, 4_096, LIMIT), Err(Full::Broken), "{how}");
    }
    assert_eq!(
        unpack("gzip", b"this is no archive at all", 4_096, LIMIT),
        Err(Full::Broken)
    );
    assert_eq!(unpack("deflate", b"x", 4_096, LIMIT), Err(Full::Broken));
}

#[test]
fn the_size_counts_after_unpacking() {
    let text = text();
    for (how, coding) in CODINGS {
        let data = packed(how, &text);
        assert!(unpack(coding, &data, 999, text.len()).is_ok(), "{how}");
        assert_eq!(unpack(coding, &data, 999, text.len() - 1), Err(Full::Size), "{how}");
        let mut reader = Reader::new(coding, 1_000, 100).expect("a known coding");
        let stopped = data.chunks(999).try_for_each(|piece| reader.feed(piece));
        assert_eq!(stopped, Err(Full::Size));
        assert_eq!(reader.so_far(), text[..1_000], "{how}: cut off exactly at the limit");
    }
}

#[test]
fn a_hundred_for_one_is_the_most() {
    let zeros = vec![b'a'; 4 << 20];
    for (how, coding) in CODINGS.into_iter().skip(1) {
        let data = packed(how, &zeros);
        assert!(zeros.len() / data.len() > 100, "{how} packs well enough for this test");
        assert_eq!(unpack(coding, &data, 512, LIMIT), Err(Full::Ratio), "{how}");
        let mut reader = Reader::new(coding, LIMIT, 100).expect("a known coding");
        let mut fed = 0;
        let stopped = data.chunks(512).try_for_each(|piece| {
            fed += piece.len();
            reader.feed(piece)
        });
        assert_eq!(stopped, Err(Full::Ratio));
        assert!(reader.so_far().len() <= fed * 100 + 64 * 1024, "{how}");
    }
    // A short page of one repeated line is no bomb.
    assert!(unpack("gzip", &packed("gzip", &zeros[..60_000]), 512, LIMIT).is_ok());
}

#[test]
fn brotli_with_a_giant_window_is_refused() {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        large_window: true,
        lgwin: 30,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut text().as_slice(), &mut packed, &parameters).expect("packed");
    assert_eq!(packed[0] & 0x7f, 0x11, "this is what such a stream begins with");
    assert_eq!(unpack("br", &packed, 4_096, LIMIT), Err(Full::Broken));
}
