//! QR codes as pictures: 512 px with a logo, level H, an address of 59 characters.

use std::time::Instant;

use engine::qr::image::{Design, Logo, png, svg, verify};

use crate::{
    Effort, load,
    report::{Goal, Report},
};

pub fn measure(report: &mut Report, effort: Effort) {
    report.part("QR codes of 512 px with a logo");
    let design = Design {
        foreground: [11, 61, 58],
        logo: Some(Logo::decode(&mark()).expect("a logo")),
        ..Design::default()
    };
    let rounds = 200 * effort.rounds;
    let (mut drawn, mut vector, mut size) = (Vec::new(), Vec::new(), 0);
    let mut unread = 0;
    for n in 0..rounds {
        let address = format!("https://porchlight.example/q/{n:08}abcdefghijklmnopqrstuv");
        let began = Instant::now();
        let picture = png(&address, &design, 512).expect("a picture");
        drawn.push(began.elapsed().as_secs_f64() * 1e3);
        size = size.max(picture.len());
        if n % 10 == 0 && verify(&picture, &address).is_err() {
            unread += 1;
        }
        let began = Instant::now();
        svg(&address, &design).expect("a picture");
        vector.push(began.elapsed().as_secs_f64() * 1e3);
    }
    let p50 = load::quantile(&mut drawn, 0.5);
    report.figure("PNG, one core, p50", p50, "ms", Goal::AtMost(1.5));
    report.figure("PNG p99", load::quantile(&mut drawn, 0.99), "ms", Goal::None);
    report.figure("PNGs a second, one core", 1e3 / p50, "/s", Goal::None);
    report.figure("largest PNG", size as f64 / 1e3, "kB", Goal::AtMost(3.0));
    report.figure("SVG p50", load::quantile(&mut vector, 0.5), "ms", Goal::AtMost(0.2));
    report.figure(
        "every tenth read back, those that were not",
        f64::from(unread),
        "",
        Goal::AtMost(0.0),
    );
}

/// A logo of two colours: a disc on a plate, as a PNG.
fn mark() -> Vec<u8> {
    let disc = image::RgbaImage::from_fn(96, 96, |x, y| {
        let (x, y) = (f64::from(x) - 47.5, f64::from(y) - 47.5);
        if x.hypot(y) < 40.0 {
            image::Rgba([200, 70, 30, 255])
        } else {
            image::Rgba([255, 255, 255, 255])
        }
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    disc.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}
