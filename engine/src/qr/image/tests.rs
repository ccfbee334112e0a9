use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

const ADDRESS: &str = "https://porch.example/q/7Kd2mWx9";

fn saved(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).expect("an image");
    out.into_inner()
}

/// A red disc with a white cross, on nothing.
fn disc(width: u32, height: u32) -> DynamicImage {
    let (middle_x, middle_y) = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    RgbaImage::from_fn(width, height, |x, y| {
        let (x, y) = (
            (f64::from(x) - middle_x) / middle_x,
            (f64::from(y) - middle_y) / middle_y,
        );
        match (x.hypot(y) < 0.95, x.abs().min(y.abs()) < 0.2) {
            (false, _) => Rgba([0; 4]),
            (true, true) => Rgba([255; 4]),
            (true, false) => Rgba([200, 30, 40, 255]),
        }
    })
    .into()
}

/// Every pixel another colour, as in a photograph.
fn photo(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([
            (x * 255 / width) as u8,
            (y * 255 / height) as u8,
            ((x * 7 + y * 13) % 256) as u8,
        ])
    })
    .into()
}

fn logo(image: &DynamicImage) -> Logo {
    Logo::decode(&saved(image, ImageFormat::Png)).expect("a logo")
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Addresses of every length, colours of every allowed contrast, logos of every kind, many sizes: a thousand of them;
/// fewer without optimisation, where the decoder takes thirty times as long.
#[test]
fn designs_of_all_kinds_scan() {
    let logos = [
        None,
        Some(logo(&disc(300, 300))),
        Some(logo(&disc(60, 200))),
        Some(logo(&photo(400, 250))),
    ];
    std::thread::scope(|scope| {
        for half in 0..2 {
            let logos = &logos;
            let count = if cfg!(debug_assertions) { 100 } else { 500 };
            scope.spawn(move || scan(logos, count, Random(20_261_122 + half)));
        }
    });
}

fn scan(logos: &[Option<Logo>; 4], count: usize, mut random: Random) {
    let letters = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789-_";
    let mut drawn = 0;
    while drawn < count {
        let length = 1 + random.below(60);
        let code: String = (0..length)
            .map(|_| char::from(letters[random.below(59) as usize]))
            .collect();
        let data = format!("https://porch.example/q/{code}");
        let colour = |random: &mut Random, from: u64, to: u64| [(); 3].map(|()| (from + random.below(to - from)) as u8);
        let design = Design {
            foreground: colour(&mut random, 0, 160),
            background: colour(&mut random, 150, 256),
            logo: logos[drawn % 4].clone(),
        };
        if colour::check(design.foreground, design.background).is_err() {
            continue;
        }
        // Two to five pixels a module.
        let px = 122 + random.below(80) as u32;
        let png = png(&data, &design, px).expect("a code");
        assert_eq!(verify(&png, &data), Ok(()), "{data} {design:?} {px}");
        drawn += 1;
    }
}

#[test]
fn checked_codes_scan_small_and_blurred_too() {
    let mut random = Random(7);
    for round in 0..24 {
        let data = format!("https://porch.example/q/{}", "x7".repeat(random.below(24) as usize));
        let logo = match round % 3 {
            0 => None,
            1 => Some(logo(&disc(200, 200))),
            _ => Some(logo(&photo(200, 200))),
        };
        let design = Design {
            foreground: [20, 60, 110],
            background: [250, 246, 235],
            logo,
        };
        assert!(checked_png(&data, &design, 200 + round * 8).is_ok(), "round {round}");
    }
}

#[test]
fn the_picture_is_square_and_has_its_quiet_zone() {
    let design = Design {
        foreground: [0, 0, 120],
        background: [255, 255, 210],
        logo: Some(logo(&disc(90, 90))),
    };
    for px in [100, 150, 333, 512] {
        let bytes = png(ADDRESS, &design, px).expect("a code");
        let picture = image::load_from_memory(&bytes).expect("a picture").into_rgb8();
        assert_eq!(picture.dimensions(), (px, px));
        let dark = |x, y| picture.get_pixel(x, y).0 == design.foreground;
        let first = (0..px).find(|&x| (0..px).any(|y| dark(x, y))).expect("a dark pixel");
        let finder = (first..px).take_while(|&x| dark(x, first)).count() as u32;
        assert_eq!(finder % 7, 0, "a finder pattern is seven modules wide");
        assert!(
            first >= 4 * (finder / 7),
            "{px}: quiet zone of {first} pixels, module of {}",
            finder / 7
        );
        let last = (0..px).rev().find(|&x| dark(x, first)).expect("a dark pixel");
        assert!(px - 1 - last >= 4 * (finder / 7));
        let logo: Vec<u32> = (0..px)
            .filter(|&x| (0..px).any(|y| matches!(picture.get_pixel(x, y).0, [150..=255, 0..=90, 0..=90])))
            .collect();
        let width = logo.last().expect("red") - logo[0] + 1;
        assert!(
            width * 5 <= last + 1 - first,
            "{px}: logo of {width} pixels in {}",
            last + 1 - first
        );
    }
}

#[test]
fn sizes_that_cannot_be_drawn() {
    let design = Design::default();
    let least = match png(ADDRESS, &design, 20) {
        Err(QrError::TooSmall { least }) => least,
        other => panic!("{other:?}"),
    };
    assert!(png(ADDRESS, &design, least).is_ok());
    assert_eq!(png(ADDRESS, &design, least - 1), Err(QrError::TooSmall { least }));
    assert_eq!(png(ADDRESS, &design, 4_097), Err(QrError::TooLarge));
    assert_eq!(png(&"x".repeat(2_000), &design, 512), Err(QrError::TooLong));
    assert_eq!(svg(&"x".repeat(2_000), &design), Err(QrError::TooLong));
    assert!(checked_png(ADDRESS, &design, 3 * least).is_ok());
    assert_eq!(
        checked_png(ADDRESS, &design, 3 * least - 1),
        Err(QrError::TooSmall { least: 3 * least })
    );
    assert!(
        verify(
            &png(&"x".repeat(1_200), &design, 1_024).expect("a code"),
            &"x".repeat(1_200)
        )
        .is_ok()
    );
}

#[test]
fn colours_that_cameras_cannot_tell_apart_are_refused_with_a_reason() {
    let check = |foreground, background| {
        checked_png(
            ADDRESS,
            &Design {
                foreground,
                background,
                logo: None,
            },
            256,
        )
        .expect_err("refused")
    };
    assert_eq!(check([255; 3], [0; 3]), QrError::Inverted);
    assert!(check([255; 3], [0; 3]).to_string().contains("swap"));
    let grey = check([150; 3], [255; 3]);
    assert!(
        matches!(grey, QrError::LowContrast { ratio } if (2.9..3.0).contains(&ratio)),
        "{grey:?}"
    );
    assert!(grey.to_string().contains("darker"));
    assert!(
        checked_png(
            ADDRESS,
            &Design {
                foreground: [148; 3],
                ..Design::default()
            },
            256
        )
        .is_ok()
    );
    assert!(matches!(check([255, 200, 0], [255; 3]), QrError::LowContrast { .. }));
}

#[test]
fn what_does_not_scan_is_noticed() {
    let good = png(ADDRESS, &Design::default(), 200).expect("a code");
    assert_eq!(verify(&good, ADDRESS), Ok(()));
    assert_eq!(
        verify(&good, "https://porch.example/q/other"),
        Err(QrError::DoesNotScan)
    );
    let mut picture = image::load_from_memory(&good).expect("a picture").into_luma8();
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        if x < 90 && y < 90 {
            pixel.0 = [255];
        }
    }
    assert_eq!(
        verify(&saved(&picture.into(), ImageFormat::Png), ADDRESS),
        Err(QrError::DoesNotScan)
    );
    assert!(matches!(verify(b"no picture", ADDRESS), Err(QrError::Internal { .. })));
}

#[test]
fn svg_is_the_same_code() {
    let design = Design {
        foreground: [10, 20, 90],
        background: [255, 250, 240],
        logo: Some(logo(&disc(80, 40))),
    };
    let drawing = svg(ADDRESS, &design).expect("a drawing");
    assert!(drawing.starts_with("<svg ") && drawing.ends_with("</svg>") && drawing.contains("fill=\"#0a145a\""));
    for never in ["<script", "http://", "https://", "<foreignObject", "<use", "xlink"] {
        assert!(
            !drawing.replace("http://www.w3.org/2000/svg", "").contains(never),
            "{never}"
        );
    }
    // Drawn by hand, module for module, it is the picture of the same design at one pixel a module.
    let side: u32 = drawing
        .split(['"', ' '])
        .skip_while(|part| *part != "viewBox=")
        .nth(3)
        .and_then(|side| side.parse().ok())
        .expect("a side");
    let mut picture = RgbImage::from_pixel(side, side, Rgb(design.background));
    let path = drawing
        .split(" d=\"")
        .nth(2)
        .and_then(|path| path.split('"').next())
        .expect("a path");
    for run in path.split('M').skip(1) {
        let numbers: Vec<u32> = run
            .split([' ', 'h', 'v'])
            .take(3)
            .map(|number| number.parse().expect("a number"))
            .collect();
        for x in numbers[0]..numbers[0] + numbers[2] {
            picture.put_pixel(x, numbers[1], Rgb(design.foreground));
        }
    }
    let large = image::imageops::resize(&picture, side * 4, side * 4, image::imageops::FilterType::Nearest);
    assert_eq!(verify(&saved(&large.into(), ImageFormat::Png), ADDRESS), Ok(()));
    let image: Vec<&str> = drawing.split("<image ").nth(1).expect("a logo").split('"').collect();
    let (width, height): (f64, f64) = (image[5].parse().expect("a width"), image[7].parse().expect("a height"));
    assert!((width - 2.0 * height).abs() < 0.01 && width * 5.0 <= f64::from(side - 8));
}

#[test]
fn logos_of_every_type_are_re_encoded() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let logo = Logo::decode(&saved(&photo(900, 600).to_rgb8().into(), format)).expect("a logo");
        assert_eq!(logo.size(), (512, 341), "{format:?}");
        assert!(logo.png().starts_with(b"\x89PNG"));
        assert_eq!(Logo::decode(logo.png()).expect("its own work").size(), (512, 341));
    }
    assert_eq!(logo(&disc(40, 20)).size(), (40, 20), "a small one is not made larger");
    assert_eq!(logo(&disc(1, 1)).size(), (1, 1));
    assert!(
        verify(
            &png(
                ADDRESS,
                &Design {
                    logo: Some(logo(&disc(4_000, 1))),
                    ..Design::default()
                },
                300
            )
            .expect("a code"),
            ADDRESS
        )
        .is_ok()
    );
}

#[test]
fn nothing_of_the_file_but_its_pixels_is_kept() {
    let mut marked = saved(&disc(64, 64), ImageFormat::Png);
    // A text chunk after the header: length, type, key and value, checksum of 'tEXt' and the rest.
    let text = b"tEXtComment\0secret place";
    let mut crc = flate2::Crc::new();
    crc.update(text);
    let chunk = [
        &(text.len() as u32 - 4).to_be_bytes(),
        text.as_slice(),
        &crc.sum().to_be_bytes(),
    ]
    .concat();
    marked.splice(33..33, chunk);
    let logo = Logo::decode(&marked).expect("a logo");
    let holds = |bytes: &[u8]| bytes.windows(6).any(|part| part == b"secret");
    assert!(holds(&marked) && !holds(logo.png()));
}

#[test]
fn logos_that_are_refused() {
    let refuse = |bytes: &[u8]| Logo::decode(bytes).expect_err("refused");
    assert_eq!(refuse(b"<svg xmlns='x'><script/></svg>"), QrError::LogoIsSvg);
    assert_eq!(
        refuse(b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><svg/>"),
        QrError::LogoIsSvg
    );
    assert_eq!(refuse(b"GIF89a\x01\0\x01\0"), QrError::LogoType);
    assert_eq!(refuse(b"%PDF-1.7"), QrError::LogoType);
    assert_eq!(refuse(b""), QrError::LogoType);
    let good = saved(&photo(300, 300), ImageFormat::Png);
    assert_eq!(refuse(&good[..good.len() / 2]), QrError::LogoDamaged);
    let header = |width: u32, height: u32| {
        let mut bytes = good.clone();
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        bytes
    };
    let started = std::time::Instant::now();
    assert_eq!(refuse(&header(100_000, 100_000)), QrError::LogoTooLarge);
    assert_eq!(refuse(&header(4_097, 10)), QrError::LogoTooLarge);
    assert_eq!(
        refuse(&header(4_096, 4_096)),
        QrError::LogoTooLarge,
        "more than 16 megapixels"
    );
    assert!(started.elapsed().as_millis() < 200);
}

#[test]
fn files_are_small() {
    let size = |logo: Option<Logo>| {
        png(
            ADDRESS,
            &Design {
                foreground: [20, 40, 90],
                logo,
                ..Design::default()
            },
            512,
        )
        .expect("a code")
        .len()
    };
    assert!(size(None) < 1_300, "{}", size(None));
    assert!(
        size(Some(logo(&disc(300, 300)))) < 3_000,
        "{}",
        size(Some(logo(&disc(300, 300))))
    );
    assert!(
        size(Some(logo(&photo(300, 300)))) < 9_000,
        "{}",
        size(Some(logo(&photo(300, 300))))
    );
}
