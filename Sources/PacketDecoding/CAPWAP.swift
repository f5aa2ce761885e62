import NetworkTypes

/// The data channel between a wireless access point and its controller (RFC 5415 §4.3), where it is not encrypted.
enum CAPWAP {
  private static let headerBytes = 8
  /// The frame is of the binding's type, else it is Ethernet.
  private static let nativeBit: UInt8 = 0x01
  private static let fragmentBit: UInt8 = 0x80
  private static let keepAliveBit: UInt8 = 0x08
  private static let wireless: UInt8 = 1

  static func decode(_ bytes: RawSpan, _ cursor: inout LayerCursor) -> NextLayer {
    guard cursor.available >= headerBytes else { return cursor.truncated(.capwap, needed: headerBytes) }
    let at = cursor.offset
    // The preamble: version 0, and a type, of which 1 is DTLS.
    guard bytes.checkedByte(at) == 0 else { return .stop(.udp) }
    let length = Int(bytes.checkedByte(at + 1) >> 3) * 4
    guard length >= headerBytes, length <= cursor.declared else { return .stop(.udp) }
    guard cursor.available >= length else { return cursor.truncated(.capwap, needed: length) }
    let binding = bytes.checkedByte(at + 2) >> 1 & 0x1f
    let isNative = bytes.checkedByte(at + 2) & nativeBit != 0
    let flags = bytes.checkedByte(at + 3)
    if flags & keepAliveBit != 0 { return .stop(.udp) }
    guard flags & fragmentBit == 0 else { return cursor.fail(.capwap, .fragmented) }
    cursor.offset += length
    guard isNative else { return cursor.enter(.capwap, to: .ethernet) }
    return binding == wireless ? cursor.enter(.capwap, to: .ieee80211FromAccessPoint) : .stop(.udp)
  }
}
