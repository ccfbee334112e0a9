use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::address::{CLOSED_V4, CLOSED_V6};
use super::super::is_public;
use crate::testing::cases;

/// The closed part of IPv4 as ranges, typed from the registries and merged by hand; independent of the product's table.
const CLOSED: &[(&str, &str)] = &[
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("168.63.129.16", "168.63.129.16"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.31.196.0", "192.31.196.255"),
    ("192.52.193.0", "192.52.193.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("192.175.48.0", "192.175.48.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "255.255.255.255"),
];

fn v4(text: &str) -> u32 {
    text.parse::<Ipv4Addr>().expect("an address").into()
}

fn public(bits: u32) -> bool {
    is_public(IpAddr::V4(bits.into()))
}

/// The same by the shape of the four bytes, as a second opinion.
fn expected(bits: u32) -> bool {
    !matches!(
        bits.to_be_bytes(),
        [0 | 10 | 127 | 224..=255, ..]
            | [100, 64..=127, ..]
            | [168, 63, 129, 16]
            | [169, 254, ..]
            | [172, 16..=31, ..]
            | [192, 0, 0 | 2, _]
            | [192, 31, 196, _]
            | [192, 52, 193, _]
            | [192, 88, 99, _]
            | [192, 168, ..]
            | [192, 175, 48, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

/// Exact for all 2^32 addresses: between two edges of the table the answer cannot change, since each entry matches a
/// whole aligned block; so the answers at the edges are the answers everywhere.
#[test]
fn every_ipv4_address_agrees_with_the_registries() {
    let mut edges = vec![0_u32];
    for &(base, length) in CLOSED_V4 {
        let size = 1_u64 << (32 - length);
        assert_eq!(
            u64::from(base) % size,
            0,
            "{} is not aligned to /{length}",
            Ipv4Addr::from(base)
        );
        edges.push(base);
        edges.extend(u32::try_from(u64::from(base) + size));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut closed: Vec<(u32, u32)> = Vec::new();
    for (at, &start) in edges.iter().enumerate() {
        let end = edges.get(at + 1).map_or(u32::MAX, |next| next - 1);
        assert_eq!(public(start), public(end));
        if public(start) {
            continue;
        }
        match closed.last_mut() {
            Some(last) if u64::from(last.1) + 1 == u64::from(start) => last.1 = end,
            _ => closed.push((start, end)),
        }
    }
    let by_hand: Vec<_> = CLOSED.iter().map(|(from, to)| (v4(from), v4(to))).collect();
    assert_eq!(closed, by_hand);
    let count: u64 = closed.iter().map(|(from, to)| u64::from(to - from) + 1).sum();
    assert_eq!(count, 592_709_633, "closed addresses");
}

/// Every 509th address (a prime, so each last byte is met) and every address near an edge; all 2^32 of them where
/// `PORCHLIGHT_TEST_CASES` is set, which takes a minute or so with
/// `--release` and far longer without.
#[test]
fn a_second_opinion_on_ipv4() {
    for (from, to) in CLOSED {
        for edge in [v4(from), v4(to)] {
            for near in edge.saturating_sub(600)..=edge.saturating_add(600) {
                assert_eq!(public(near), expected(near), "{}", Ipv4Addr::from(near));
            }
        }
    }
    let step = 509 / cases(1, 509);
    let (low, high) = (0..=u32::MAX / 2, u32::MAX / 2 + 1..=u32::MAX);
    std::thread::scope(|scope| {
        for half in [low, high] {
            scope.spawn(move || {
                let mut tried = 0_u64;
                for bits in half.step_by(step) {
                    assert_eq!(public(bits), expected(bits), "{}", Ipv4Addr::from(bits));
                    tried += 1;
                }
                println!("{tried} addresses");
            });
        }
    });
}

/// IPv6 by the text of its groups, independent of the product's shifts.
fn expected_v6(ip: Ipv6Addr) -> bool {
    let g = ip.segments();
    let pair = |high: u16, low: u16| expected(u32::from(high) << 16 | u32::from(low));
    match g {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => pair(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => pair(high, low),
        [0x2002, high, low, ..] => pair(high, low),
        [0x2001, 0, high, low, _, _, far_high, far_low] => pair(high, low) && pair(!far_high, !far_low),
        [0x2001, 1..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2620, 0x4f, 0x8000, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

fn agree(bits: u128) {
    let ip = Ipv6Addr::from(bits);
    assert_eq!(is_public(IpAddr::V6(ip)), expected_v6(ip), "{ip}");
}

#[test]
fn ipv6_at_every_edge_and_at_random() {
    let special = [
        (0_u128, 96),
        (0xffff << 32, 96),
        (0xffff << 48, 96),
        (0x64_ff9b << 96, 96),
        (0x64_ff9b_0001 << 80, 48),
        (0x100 << 112, 64),
        (0x2000 << 112, 3),
        (0x2001 << 112, 32),
        (0x2002 << 112, 16),
        (0x5f00 << 112, 16),
        (0xfc00 << 112, 7),
        (0xfe80 << 112, 10),
        (0xfec0 << 112, 10),
        (0xff00 << 112, 8),
    ];
    for (base, length) in special.into_iter().chain(CLOSED_V6.iter().copied()) {
        let last = base | (u128::MAX >> length);
        for edge in [base, last] {
            for step in 0..=3 {
                agree(edge.wrapping_add(step));
                agree(edge.wrapping_sub(step));
            }
        }
    }
    // Every wrapper around every edge of IPv4.
    for (from, to) in CLOSED {
        for edge in [v4(from), v4(to)]
            .into_iter()
            .flat_map(|edge| [edge.wrapping_sub(1), edge, edge.wrapping_add(1)])
        {
            let bits = u128::from(edge);
            let mapped = is_public(IpAddr::V6(Ipv6Addr::from(0xffff << 32 | bits)));
            assert_eq!(mapped, public(edge));
            agree(bits);
            agree(0x64_ff9b << 96 | bits);
            agree(0x2002 << 112 | bits << 80 | 1);
            agree(0x2001 << 112 | 0x0808_0808 << 64 | u128::from(!edge));
            agree(0x2001 << 112 | bits << 64 | u128::from(!0x0808_0808_u32));
        }
    }
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        // xorshift64*, Vigna 2016
        seed ^= seed >> 12;
        seed ^= seed << 25;
        seed ^= seed >> 27;
        seed.wrapping_mul(0x2545_f491_4f6c_dd1d)
    };
    let count = cases(400_000, 100_000_000);
    for round in 0..count {
        let mut bits = u128::from(next()) << 64 | u128::from(next());
        if round % 2 == 0 {
            // Half of them where the rules are.
            bits = bits >> 16 | [0x2001_u128, 0x2002, 0x64, 0x3fff, 0x2620, 0x2000, 0xfd00, 0][round % 8] << 112;
        }
        agree(bits);
    }
}

#[test]
fn well_known_addresses() {
    for open in [
        "1.1.1.1",
        "93.184.216.34",
        "2606:4700::1111",
        "64:ff9b::8.8.8.8",
        "::ffff:8.8.8.8",
        "2002:808:808::1",
    ] {
        assert!(is_public(open.parse().expect("an address")), "{open}");
    }
    for closed in [
        "127.0.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "224.0.0.1",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "2002:a00:1::",
        "2001:0:7f00:1::",
        "fd00:ec2::254",
        "fec0::1",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
    ] {
        assert!(!is_public(closed.parse().expect("an address")), "{closed}");
    }
}
