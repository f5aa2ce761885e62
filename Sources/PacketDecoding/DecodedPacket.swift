/// What a packet turned out to be.
public enum DecodedPacket: Sendable {
  /// A TCP segment.
  case segment(TCPSegment)
  /// A sound packet that carries no TCP segment which could be read by itself.
  case other(OtherProtocol)
  /// Packets within this one, or one that its last piece completes: `PacketDecoder.decodeContents` gives them.
  case container
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
  /// A piece of a fragmented IP packet, the rest of which is missing so far.
  case fragment
  /// An IEEE 802.3 frame with a length instead of an EtherType, or an LLC frame of a cooked capture.
  case llc
  /// A netlink message of a cooked capture.
  case netlink
  /// A management or control frame of IEEE 802.11, or a data frame without data.
  case wirelessControl
  /// A protocol of the link's own that carries no IP (LLDP, EAPOL, PTP, PPP's LCP and the like), by its EtherType or the
  /// number that its link has for it.
  case linkControl(UInt16)
  /// Another protocol over IP, by its IANA number; 59 is an IPv6 packet without a payload.
  case ipProtocol(UInt8)
}
