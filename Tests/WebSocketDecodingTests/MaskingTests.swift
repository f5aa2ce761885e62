import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

struct MaskingTests {
  private func unmasked(_ pieces: [[UInt8]], key: UInt32, offset: UInt64 = 0) -> [UInt8] {
    let buffer = ByteBuffer(capacity: 64)
    var offset = offset
    for piece in pieces {
      withSpan(piece) { Masking.append($0, key: key, offset: offset, to: buffer) }
      offset &+= UInt64(piece.count)
    }
    return buffer.withBytes { $0.copied() }
  }

  /// RFC 6455 §5.3, octet by octet: transformed-octet-i = original-octet-i XOR masking-key-octet-(i mod 4).
  private func plain(_ bytes: [UInt8], key: UInt32, offset: UInt64 = 0) -> [UInt8] {
    let octets = [UInt8(key >> 24), UInt8(key >> 16 & 255), UInt8(key >> 8 & 255), UInt8(key & 255)]
    return bytes.enumerated().map { $1 ^ octets[Int((offset + UInt64($0)) % 4)] }
  }

  @Test func `the example of RFC 6455 §5_7 is unmasked`() {
    #expect(unmasked([hex("7f 9f 4d 51 58")], key: 0x37fa_213d) == Array("Hello".utf8))
  }

  @Test func `words and octets give the same at every length and offset`() {
    var random = SeededGenerator(seed: 53)
    for length in 0...80 {
      let bytes = random.bytes(length)
      let key = UInt32(truncatingIfNeeded: random.next())
      for offset in UInt64(0)...7 {
        #expect(unmasked([bytes], key: key, offset: offset) == plain(bytes, key: key, offset: offset))
      }
    }
  }

  @Test func `a payload may be unmasked in any pieces`() {
    var random = SeededGenerator(seed: 54)
    for length in [1, 2, 7, 8, 9, 16, 17, 31, 40, 80] {
      let bytes = random.bytes(length)
      let key = UInt32(truncatingIfNeeded: random.next())
      let expected = plain(bytes, key: key)
      for first in 0...length {
        for second in first...length {
          let pieces = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
          if unmasked(pieces, key: key) != expected {
            Issue.record("length \(length), cuts at \(first) and \(second)")
            return
          }
        }
      }
    }
  }

  @Test func `offsets beyond 32 bits keep the key in step`() {
    let bytes = [UInt8](0..<20)
    for offset in [0x1_0000_0000, 0x1_0000_0001, UInt64.max - 3, (1 << 63) - 1] as [UInt64] {
      #expect(unmasked([bytes], key: 0xdead_beef, offset: offset) == plain(bytes, key: 0xdead_beef, offset: offset % 4))
    }
  }

  @Test func `a span that begins at any address is unmasked`() {
    var random = SeededGenerator(seed: 55)
    let bytes = random.bytes(64)
    for start in 0..<16 {
      let buffer = ByteBuffer(capacity: 64)
      withSpan(bytes) { Masking.append($0.extracting(start..<50), key: 0x0102_0304, offset: 1, to: buffer) }
      #expect(buffer.withBytes { $0.copied() } == plain(Array(bytes[start..<50]), key: 0x0102_0304, offset: 1))
    }
  }

  @Test func `a key of zero changes nothing`() {
    #expect(unmasked([[1, 2, 3]], key: 0) == [1, 2, 3])
    #expect(unmasked([[]], key: 5) == [])
  }
}
