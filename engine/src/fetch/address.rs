//! Which addresses belong to the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, d: u8) -> u32 {
    u32::from_be_bytes([a, b, c, d])
}

/// IPv4 blocks that are not the public internet: (first address, prefix length).
///
/// From the IANA IPv4 Special-Purpose Address Registry and the multicast registry. Blocks that the registry calls
/// globally reachable but that hold no web server (AS112, AMT, anycast in 192.0.0.0/24) are closed as well.
pub(super) const CLOSED_V4: &[(u32, u32)] = &[
    (v4(0, 0, 0, 0), 8),        // this network, RFC 791
    (v4(10, 0, 0, 0), 8),       // private, RFC 1918
    (v4(100, 64, 0, 0), 10),    // shared by carriers, RFC 6598; Alibaba's metadata 100.100.100.200
    (v4(127, 0, 0, 0), 8),      // loopback, RFC 1122
    (v4(168, 63, 129, 16), 32), // Azure's platform service
    (v4(169, 254, 0, 0), 16),   // link-local, RFC 3927; metadata of most clouds
    (v4(172, 16, 0, 0), 12),    // private, RFC 1918
    (v4(192, 0, 0, 0), 24),     // protocol assignments, RFC 6890; Oracle's metadata 192.0.0.192
    (v4(192, 0, 2, 0), 24),     // documentation, RFC 5737
    (v4(192, 31, 196, 0), 24),  // AS112, RFC 7535
    (v4(192, 52, 193, 0), 24),  // AMT, RFC 7450
    (v4(192, 88, 99, 0), 24),   // 6to4 relays, RFC 7526
    (v4(192, 168, 0, 0), 16),   // private, RFC 1918
    (v4(192, 175, 48, 0), 24),  // AS112, RFC 7534
    (v4(198, 18, 0, 0), 15),    // benchmarks, RFC 2544
    (v4(198, 51, 100, 0), 24),  // documentation, RFC 5737
    (v4(203, 0, 113, 0), 24),   // documentation, RFC 5737
    (v4(224, 0, 0, 0), 4),      // multicast, RFC 5771
    (v4(240, 0, 0, 0), 4),      // reserved, RFC 1112; limited broadcast
];

const fn v6(head: [u16; 4]) -> u128 {
    (head[0] as u128) << 112 | (head[1] as u128) << 96 | (head[2] as u128) << 80 | (head[3] as u128) << 64
}

/// The only IPv6 block that IANA hands out for global unicast. Loopback, unique local (with Amazon's fd00:ec2::254),
/// link-local, fec0::/10, multicast, 64:ff9b:1::/48, 100::/64 and 5f00::/16 all lie outside.
const GLOBAL_V6: (u128, u32) = (v6([0x2000, 0, 0, 0]), 3);

/// Blocks inside of it that are closed nevertheless (IANA IPv6 Special-Purpose Address Registry).
pub(super) const CLOSED_V6: &[(u128, u32)] = &[
    (v6([0x2001, 0, 0, 0]), 23), // protocol assignments, RFC 2928: ORCHID, benchmarks, AMT, drone ids
    (v6([0x2001, 0xdb8, 0, 0]), 32), // documentation, RFC 3849
    (v6([0x2620, 0x4f, 0x8000, 0]), 48), // AS112, RFC 7534
    (v6([0x3fff, 0, 0, 0]), 20), // documentation, RFC 9637
];

const COMPATIBLE: (u128, u32) = (0, 96); // RFC 4291, 2.5.5.1; holds :: and ::1, too
const MAPPED: (u128, u32) = (0xffff << 32, 96); // RFC 4291, 2.5.5.2
const NAT64: (u128, u32) = (v6([0x64, 0xff9b, 0, 0]), 96); // RFC 6052
const TEREDO: (u128, u32) = (v6([0x2001, 0, 0, 0]), 32); // RFC 4380
const SIX_TO_FOUR: (u128, u32) = (v6([0x2002, 0, 0, 0]), 16); // RFC 3056

/// Whether a connection to `ip` leaves for the public internet.
///
/// An IPv6 address that only wraps an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo) is judged by what it wraps.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => public_v4(ip),
        IpAddr::V6(ip) => public_v6(ip),
    }
}

fn public_v4(ip: Ipv4Addr) -> bool {
    let bits = u32::from(ip);
    !CLOSED_V4
        .iter()
        .any(|(base, length)| (bits ^ base) >> (32 - length) == 0)
}

fn public_v6(ip: Ipv6Addr) -> bool {
    let bits = u128::from(ip);
    let within = |(base, length): (u128, u32)| (bits ^ base) >> (128 - length) == 0;
    // The cast keeps the low 32 bits, which is what is meant.
    let wrapped = |shift: u32| public_v4(Ipv4Addr::from((bits >> shift) as u32));
    if within(COMPATIBLE) || within(MAPPED) || within(NAT64) {
        return wrapped(0);
    }
    if within(SIX_TO_FOUR) {
        return wrapped(80);
    }
    if within(TEREDO) {
        // The relay's address stands plain, the client's with every bit turned over.
        return wrapped(64) && public_v4(Ipv4Addr::from(!(bits as u32)));
    }
    within(GLOBAL_V6) && !CLOSED_V6.iter().any(|&block| within(block))
}
