//! Where a connection may go: addresses are checked where they are dialled.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The addresses at which clouds hand out credentials to whoever asks.
const METADATA_V4: [Ipv4Addr; 5] = [
    // Nearly all.
    Ipv4Addr::new(169, 254, 169, 254),
    // Amazon's container and pod identities.
    Ipv4Addr::new(169, 254, 170, 2),
    Ipv4Addr::new(169, 254, 170, 23),
    // Alibaba.
    Ipv4Addr::new(100, 100, 100, 200),
    // Azure's host agent.
    Ipv4Addr::new(168, 63, 129, 16),
];
const METADATA_V6: [Ipv6Addr; 3] = [
    // Amazon: instances, pods.
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23),
    // Google.
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// Whether a connection may be made to this address. The metadata addresses never, in none of
/// their spellings; everything else may, because receivers on private networks are common.
pub(super) fn address_is_allowed(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !METADATA_V4.contains(&address),
        IpAddr::V6(address) => {
            let embedded = embedded_v4(address);
            !METADATA_V6.contains(&address) && !embedded.is_some_and(|v4| METADATA_V4.contains(&v4))
        }
    }
}

/// The IPv4 address that an IPv6 one leads to: mapped (RFC 4291), translated (RFC 2765),
/// compatible (RFC 4291), NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let groups = address.segments();
    let from = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match groups {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] => from(high, low),
        [0, 0, 0, 0, 0xffff, 0, high, low] => from(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => from(high, low),
        [0x64, 0xff9b, 1, _, _, _, high, low] => from(high, low),
        [0x2002, high, low, ..] => from(high, low),
        _ => None,
    }
}

/// Whether a host that is written as an address is one that may be dialled. Names pass: they are
/// checked when they are resolved.
pub(super) fn host_is_allowed(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    literal.parse().map_or(true, address_is_allowed)
}

/// A name resolved to nothing but addresses that must not be dialled.
#[derive(Debug)]
pub(super) struct Denied;

impl fmt::Display for Denied {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name leads to an address that must not be dialled")
    }
}

impl Error for Denied {}

/// The system's resolver, less the addresses that must not be dialled.
pub(super) struct GuardedResolver;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses = allowed(found)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn allowed(mut addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Denied> {
    let some_found = !addresses.is_empty();
    addresses.retain(|address| address_is_allowed(address.ip()));
    if some_found && addresses.is_empty() {
        Err(Denied)
    } else {
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, allowed: bool) {
        assert_eq!(host_is_allowed(host), allowed, "{host}");
    }

    #[test]
    fn metadata_addresses_are_denied_in_every_spelling() {
        check("169.254.169.254", false);
        check("[fd00:ec2::254]", false);
        check("fd00:ec2:0:0:0:0:0:254", false);
        check("[::ffff:169.254.169.254]", false);
        check("[::ffff:a9fe:a9fe]", false);
        check("[::169.254.169.254]", false);
        check("[64:ff9b::169.254.169.254]", false);
        check("[64:ff9b:1::169.254.169.254]", false);
        check("[2002:a9fe:a9fe::1]", false);
        check("[::ffff:0:169.254.169.254]", false);
        check("169.254.170.2", false);
        check("[::ffff:169.254.170.23]", false);
        check("[fd00:ec2::23]", false);
        check("100.100.100.200", false);
        check("168.63.129.16", false);
        check("[fd20:ce::254]", false);
    }

    #[test]
    fn everything_else_may_be_dialled() {
        check("127.0.0.1", true);
        check("[::1]", true);
        check("10.1.2.3", true);
        check("192.168.0.1", true);
        check("169.254.169.253", true);
        check("[fd00:ec2::253]", true);
        check("[64:ff9b::8.8.8.8]", true);
        check("hooks.slack.com", true);
        check("169.254.169.254.example.com", true);
    }

    #[test]
    fn a_name_keeps_the_addresses_that_are_allowed() {
        let metadata = SocketAddr::from((METADATA_V4[0], 80));
        let other = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
        assert_eq!(allowed(vec![metadata, other]).unwrap(), [other]);
        assert!(allowed(vec![metadata]).is_err());
        assert_eq!(allowed(Vec::new()).unwrap(), []);
    }
}
