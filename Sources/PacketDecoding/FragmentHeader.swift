import NetworkTypes

/// What an IP header says of a piece of a datagram (RFC 791 §3.1, RFC 8200 §4.5).
struct FragmentHeader {
  /// The number that all pieces of the datagram share, of 16 bits in IPv4.
  var identification: UInt32 = 0
  /// Where the piece belongs, in octets.
  var offset = 0
  /// Whether others follow it.
  var hasMore = false
  /// The protocol of the datagram.
  var next: UInt8 = 0
}

/// What makes pieces belong to one datagram (RFC 815 §7, RFC 8200 §4.5), within one tunnel.
struct FragmentKey: Hashable {
  private let source: IPAddress
  private let destination: IPAddress
  private let identification: UInt32
  /// The protocol, which is part of the key in IPv4 only.
  private let number: UInt8
  private let network: UInt32?
  private let vlanIDs: [UInt16]

  /// The key of the piece at a cursor.
  init(_ cursor: LayerCursor) {
    source = cursor.source
    destination = cursor.destination
    identification = cursor.fragment.identification
    number = cursor.source.isIPv6 ? 0 : cursor.fragment.next
    network = cursor.network
    vlanIDs = cursor.separatesVLANs ? cursor.layers.vlanIDs : []
  }
}
