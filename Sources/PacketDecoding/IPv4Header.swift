import NetworkTypes

/// The IPv4 header (RFC 791 §3.1).
enum IPv4Header {
  static let minimumBytes = 20
  private static let totalLengthOffset = 2
  private static let identificationOffset = 4
  private static let fragmentOffset = 6
  private static let protocolOffset = 9
  private static let sourceOffset = 12
  private static let destinationOffset = 16
  /// More-fragments and the fragment offset; don't-fragment and the reserved bit say nothing of a fragment.
  private static let fragmentBits: UInt16 = 0x3fff

  @inline(__always)
  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= minimumBytes else { return cursor.truncated(.ipv4, needed: minimumBytes) }
    let at = cursor.offset
    let first = bytes.checkedByte(at)
    guard first >> 4 == 4 else { return cursor.fail(.ipv4, .badVersion(first >> 4)) }
    let headerBytes = Int(first & 0x0f) * 4
    guard headerBytes >= minimumBytes else {
      return cursor.fail(.ipv4, .invalidLength, needed: headerBytes, available: minimumBytes)
    }
    let totalLength = Int(bytes.checkedBigEndian(at + totalLengthOffset, as: UInt16.self))
    // Zero is what a capture on the sending host shows of a packet that the network card cuts up later (TSO): it then
    // fills the frame. A smaller length than the frame's leaves padding behind.
    if totalLength != 0 {
      guard totalLength >= headerBytes else {
        return cursor.fail(.ipv4, .invalidLength, needed: totalLength, available: headerBytes)
      }
      if totalLength <= cursor.declaredEnd - at || isRight(bytes, at, headerBytes, cursor) {
        cursor.limit(to: totalLength)
      }
    }
    guard cursor.available >= headerBytes else { return cursor.truncated(.ipv4, needed: headerBytes) }
    cursor.source = IPAddress(v4: bytes.checkedBigEndian(at + sourceOffset))
    cursor.destination = IPAddress(v4: bytes.checkedBigEndian(at + destinationOffset))
    cursor.canVerifyChecksum = true
    cursor.offset += headerBytes
    let fragment: UInt16 = bytes.checkedBigEndian(at + fragmentOffset)
    if fragment & fragmentBits != 0 {
      cursor.fragment = FragmentHeader(
        identification: UInt32(bytes.checkedBigEndian(at + identificationOffset, as: UInt16.self)),
        offset: Int(fragment & 0x1fff) * 8, hasMore: fragment & 0x2000 != 0,
        next: bytes.checkedByte(at + protocolOffset))
      return .fragment
    }
    return .ipProtocol(bytes.checkedByte(at + protocolOffset))
  }

  /// Whether a header is whole and its checksum right, which decides where its length contradicts the frame's.
  ///
  /// Some tools cut packets and write the cut length as the original one, and then the header is to be believed; a
  /// damaged header is not, and its packet ends with the frame.
  @inline(never)
  private static func isRight(_ bytes: RawSpan, _ at: Int, _ headerBytes: Int, _ cursor: LayerCursor) -> Bool {
    guard cursor.available >= headerBytes else { return false }
    return InternetChecksum.sum(bytes, at..<at + headerBytes) == 0xffff
  }
}
