/// What a packet turned out to be.
public enum DecodedPacket: Sendable {
  /// A TCP segment.
  case segment(TCPSegment)
  /// A sound packet that carries no TCP segment which could be read by itself.
  case other(OtherProtocol)
  /// A packet that could not be decoded as far as its transport.
  case undecodable(DecodeError)
}

/// A packet that is understood and of no further interest.
public enum OtherProtocol: Hashable, Sendable {
  /// UDP.
  case udp
  /// ICMP or ICMPv6.
  case icmp
  /// ARP or RARP.
  case arp
  /// A piece of a fragmented IP packet.
  case fragment
  /// An IEEE 802.3 frame with a length instead of an EtherType, or an LLC frame of a cooked capture.
  case llc
  /// A netlink message of a cooked capture.
  case netlink
  /// A protocol of the link's own that carries no IP, by its EtherType (LLDP, EAPOL, PTP and the like).
  case linkControl(UInt16)
  /// Another protocol over IP, by its IANA number; 59 is an IPv6 packet without a payload.
  case ipProtocol(UInt8)
}
