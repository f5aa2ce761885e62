public import NetworkTypes

/// Masking by the exclusive or of a 4-byte key (RFC 6455 §5.3); the same operation masks and unmasks.
public enum Masking {
  /// Appends `bytes`, unmasked, to `buffer`.
  ///
  /// - Parameters:
  ///   - bytes: A piece of a frame's payload.
  ///   - key: The masking key in network order.
  ///   - offset: Where in the payload the piece begins.
  ///   - buffer: Takes the unmasked bytes.
  public static func append(_ bytes: RawSpan, key: UInt32, offset: UInt64, to buffer: ByteBuffer) {
    let word = keyWord(key, offset: offset)
    buffer.append(byteCount: bytes.byteCount) { destination in
      // SAFETY: source and destination have the same byte count, below which every index stays.
      unsafe bytes.withUnsafeBytes { source in
        let count = source.count
        var index = 0
        while index &+ 8 <= count {
          let masked = unsafe source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          unsafe destination.storeBytes(of: masked ^ word, toByteOffset: index, as: UInt64.self)
          index &+= 8
        }
        var rest = UInt64(littleEndian: word)
        while index < count {
          unsafe destination[index] = source[index] ^ UInt8(truncatingIfNeeded: rest)
          rest >>= 8
          index &+= 1
        }
      }
    }
  }

  /// The key repeated to eight bytes, rotated so that its first byte in memory belongs to payload byte `offset`.
  static func keyWord(_ key: UInt32, offset: UInt64) -> UInt64 {
    let shift = UInt32(truncatingIfNeeded: offset & 3) * 8
    let rotated = shift == 0 ? key : key << shift | key >> (32 - shift)
    return (UInt64(rotated) << 32 | UInt64(rotated)).bigEndian
  }
}
