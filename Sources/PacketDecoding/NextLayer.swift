import NetworkTypes

/// What stands at the cursor: the decoder's loop has one row for each case.
enum NextLayer: Sendable {
  case ethernet
  case loopback
  case linuxCooked
  case linuxCooked2
  /// IPv4 or IPv6, told apart by the version in the first octet.
  case ip
  case vlan
  case ipv4
  case ipv6
  case ipProtocol(UInt8)
  /// Nothing that is decoded further.
  case stop(OtherProtocol)
  /// Nothing that can be decoded: `LayerCursor.failure` says why.
  case failed
}

/// Where the decoder stands in a packet, and what the layers passed so far have said.
///
/// Invariant: `start <= offset <= capturedEnd <= declaredEnd`, and `capturedEnd` lies within the bytes.
struct LayerCursor {
  /// Where the packet begins.
  let start: Int
  /// Where the next layer begins.
  var offset: Int
  /// Where the captured bytes of the layer around it end.
  var capturedEnd: Int
  /// Where that layer ended on the wire; beyond `capturedEnd` where the snap length cut it.
  var declaredEnd: Int
  /// The tags passed.
  var layers = LayerPath()
  /// The addresses of the innermost IP header passed.
  var source = IPAddress(v4: 0)
  /// See `source`.
  var destination = IPAddress(v4: 0)
  /// Whether a TCP checksum covers these addresses; not on the way through a source route (RFC 8200 §8.1).
  var canVerifyChecksum = true

  /// Captured octets from the cursor on.
  @inline(__always)
  var available: Int { capturedEnd - offset }

  /// Why decoding ended, once a layer has failed.
  ///
  /// It stands here so that what every step returns fits a register.
  private(set) var failure: DecodeError?

  /// A cursor at the beginning of a packet.
  @inline(__always)
  init(start: Int, capturedEnd: Int, declaredEnd: Int) {
    self.start = start
    self.offset = start
    self.capturedEnd = capturedEnd
    self.declaredEnd = declaredEnd
  }

  /// Ends the layer `length` octets after the cursor, as its own header declares: what follows is padding, and what
  /// was not captured of it was cut.
  @inline(__always)
  mutating func limit(to length: Int) {
    declaredEnd = offset + length
    capturedEnd = min(capturedEnd, declaredEnd)
  }

  /// Fails for a layer of which fewer than `needed` octets were captured.
  @inline(never)
  mutating func truncated(_ layer: DecodeError.Layer, needed: Int) -> NextLayer {
    fail(layer, .truncated, needed: needed, available: available)
  }

  /// Fails for a layer that is wrong in another way.
  @inline(never)
  mutating func fail(
    _ layer: DecodeError.Layer, _ kind: DecodeError.Kind, needed: Int = 0, available: Int = 0
  ) -> NextLayer {
    failure = DecodeError(layer: layer, kind: kind, needed: needed, available: available, offset: offset - start)
    return .failed
  }
}
