//! A body, unpacked while it arrives, that never grows beyond its bounds.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};
use url::Url;

use super::error::FetchError;

/// Unpacked bytes that need no justification by received ones: a short page of repeated markup packs very well.
const FREE: usize = 64 * 1024;

/// Why a body is not read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// More bytes than wanted.
    Size,
    /// More unpacked bytes for the received ones than any page has.
    Ratio,
    /// Not what its coding says, or cut off.
    Broken,
}

impl Full {
    pub fn into_error(self, url: &Url) -> FetchError {
        let detail = format!("{url}: {self:?}");
        match self {
            Self::Size | Self::Ratio => FetchError::TooLarge { detail },
            Self::Broken => FetchError::CutOff { detail },
        }
    }
}

/// Unpacks one coding: none, `gzip`, `deflate` or `br`.
pub(super) struct Reader {
    coding: Coding,
    received: usize,
}

enum Coding {
    Plain(Sink),
    Gzip(GzDecoder<Sink>),
    /// `deflate` before its first two bytes told which of two formats it is.
    Undecided(Vec<u8>, Sink),
    Zlib(ZlibDecoder<Sink>),
    Deflate(DeflateDecoder<Sink>),
    // Boxed: its window and tables are large.
    Brotli(Box<DecompressorWriter<Sink>>),
}

/// Takes unpacked bytes until a bound is reached.
struct Sink {
    bytes: Vec<u8>,
    limit: usize,
    ratio: usize,
    received: usize,
    full: Option<Full>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let after = self.bytes.len().saturating_add(bytes.len());
        let justified = self.received.saturating_mul(self.ratio).saturating_add(FREE);
        // What still fits is kept, so that a body can be cut off at exactly its limit.
        let fits = self
            .limit
            .min(justified)
            .saturating_sub(self.bytes.len())
            .min(bytes.len());
        self.bytes.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() {
            self.full = Some(if after > self.limit { Full::Size } else { Full::Ratio });
            return Err(io::Error::other("bound reached"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Reader {
    /// `None` for a coding that we do not know.
    pub fn new(coding: &str, limit: usize, ratio: usize) -> Option<Self> {
        let sink = Sink {
            bytes: Vec::new(),
            limit,
            ratio,
            received: 0,
            full: None,
        };
        let coding = match coding {
            "" => Coding::Plain(sink),
            "gzip" | "x-gzip" => Coding::Gzip(GzDecoder::new(sink)),
            "deflate" => Coding::Undecided(Vec::new(), sink),
            "br" => Coding::Brotli(Box::new(DecompressorWriter::new(sink, 16 * 1024))),
            _ => return None,
        };
        Some(Self { coding, received: 0 })
    }

    pub fn feed(&mut self, data: &[u8]) -> Result<(), Full> {
        // RFC 7932, 9.1, reserves this beginning; some encoders use it for windows of up to a gigabyte, and the library
        // would make room for one.
        if let (Coding::Brotli(_), 0, Some(first)) = (&self.coding, self.received, data.first())
            && first & 0x7f == 0x11
        {
            return Err(Full::Broken);
        }
        self.received += data.len();
        let decided = match &mut self.coding {
            Coding::Undecided(head, sink) if head.len() + data.len() >= 2 => {
                head.extend_from_slice(data);
                let sink = std::mem::replace(sink, Sink::nothing());
                Some((std::mem::take(head), sink))
            }
            Coding::Undecided(head, _) => {
                head.extend_from_slice(data);
                return Ok(());
            }
            _ => None,
        };
        if let Some((head, sink)) = decided {
            // RFC 1950, 2.2: the low half of the first byte is 8 and the pair a multiple of 31. Many servers send
            // bare deflate under the same name.
            let zlib = head[0] & 0x0f == 8 && u16::from_be_bytes([head[0], head[1]]).is_multiple_of(31);
            self.coding = if zlib {
                Coding::Zlib(ZlibDecoder::new(sink))
            } else {
                Coding::Deflate(DeflateDecoder::new(sink))
            };
            return self.push(&head);
        }
        self.push(data)
    }

    fn push(&mut self, data: &[u8]) -> Result<(), Full> {
        let received = self.received;
        self.sink().received = received;
        let written = match &mut self.coding {
            Coding::Plain(sink) => sink.write_all(data),
            Coding::Gzip(unpack) => until_end(unpack, data),
            Coding::Zlib(unpack) => until_end(unpack, data),
            Coding::Deflate(unpack) => until_end(unpack, data),
            Coding::Brotli(unpack) => until_end(unpack, data),
            Coding::Undecided(..) => Ok(()),
        };
        written.map_err(|_| self.sink().full.unwrap_or(Full::Broken))
    }

    fn sink(&mut self) -> &mut Sink {
        match &mut self.coding {
            Coding::Plain(sink) | Coding::Undecided(_, sink) => sink,
            Coding::Gzip(unpack) => unpack.get_mut(),
            Coding::Zlib(unpack) => unpack.get_mut(),
            Coding::Deflate(unpack) => unpack.get_mut(),
            Coding::Brotli(unpack) => unpack.get_mut(),
        }
    }

    /// What was unpacked before a bound was reached.
    pub fn so_far(mut self) -> Bytes {
        std::mem::take(&mut self.sink().bytes).into()
    }

    /// The whole body; `Broken` when its coding has not come to its end.
    pub fn finish(mut self) -> Result<Bytes, Full> {
        if self.received > 0 {
            let ended = match &mut self.coding {
                Coding::Plain(_) => Ok(()),
                Coding::Gzip(unpack) => unpack.try_finish(),
                Coding::Zlib(unpack) => unpack.try_finish(),
                Coding::Deflate(unpack) => unpack.try_finish(),
                Coding::Brotli(unpack) => unpack.close(),
                Coding::Undecided(..) => Err(io::ErrorKind::UnexpectedEof.into()),
            };
            ended.map_err(|_| self.sink().full.unwrap_or(Full::Broken))?;
        }
        Ok(self.so_far())
    }
}

impl Sink {
    fn nothing() -> Self {
        Self {
            bytes: Vec::new(),
            limit: 0,
            ratio: 0,
            received: 0,
            full: None,
        }
    }
}

/// Like `write_all`, but bytes after the end of the packed stream are ignored, as browsers do.
fn until_end(unpack: &mut impl Write, mut data: &[u8]) -> io::Result<()> {
    while !data.is_empty() {
        match unpack.write(data) {
            Ok(0) => return Ok(()),
            Ok(taken) => data = &data[taken..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
