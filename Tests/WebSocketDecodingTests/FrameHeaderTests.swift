import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

/// Lengths around every border of RFC 6455 §5.2.
private let borderLengths: [UInt64] = [
  0, 1, 125, 126, 127, 128, 255, 256, 65535, 65536, 0xffff_ffff, 0x1_0000_0000, .max >> 1, 1 << 63, .max,
]

struct FrameHeaderTests {
  private func parse(_ bytes: [UInt8], at start: Int = 0) -> FrameHeader? {
    withSpan(bytes) { FrameHeader($0, at: start) }
  }

  @Test(arguments: WebSocketFrame.LengthForm.allCases, [nil, 0, 0x0102_0304, UInt32.max])
  func `a header is read whole or not at all, at every length border`(
    form: WebSocketFrame.LengthForm, mask: UInt32?
  ) {
    for length in borderLengths {
      let fits =
        switch form {
        case .shortest, .sixtyFourBits: true
        case .sevenBits: length < 126
        case .sixteenBits: length <= 0xffff
        }
      guard fits else { continue }
      let bytes = WebSocketFrame.frame(opcode: 2, mask: mask, fin: true, form: form, length: length)
      for cut in 0..<bytes.count { #expect(parse(Array(bytes[..<cut])) == nil, "\(length) cut at \(cut)") }
      let expectedForm: FrameHeader.LengthForm =
        switch form {
        case .sevenBits: .short
        case .sixteenBits: .medium
        case .sixtyFourBits: .long
        case .shortest: length < 126 ? .short : length < 65536 ? .medium : .long
        }
      for prefix in [0, 1, 7] {
        let placed = [UInt8](repeating: 0xff, count: prefix) + bytes + [0xee, 0xee]
        guard let header = parse(placed, at: prefix) else {
          Issue.record("no header of length \(length)")
          continue
        }
        #expect(header.payloadLength == length && header.headerLength == bytes.count)
        #expect(header.maskingKey == mask && header.lengthForm == expectedForm)
        #expect(header.isFinal && header.reservedBits == 0 && header.opcode == .binary)
        #expect(header.hasLengthTopBit == (length >= 1 << 63))
      }
    }
  }

  @Test func `the first byte is the final bit, three reserved bits and the opcode`() throws {
    for first in UInt8.min...UInt8.max {
      let header = try #require(parse([first, 0]))
      #expect(header.isFinal == (first >= 128))
      #expect(header.reservedBits == first / 16 % 8)
      #expect(header.opcode.rawValue == first % 16)
      #expect(header.isCompressed == (first / 64 % 2 == 1))
      #expect(header.headerLength == 2 && header.maskingKey == nil)
    }
  }

  @Test func `the second byte is the mask bit and seven bits of length`() {
    for second in UInt8.min...UInt8.max {
      let isLong = second % 128 >= 126
      let header = parse([0x81, second] + (second >= 128 ? [1, 2, 3, 4] : []))
      if isLong, second < 128 {
        #expect(header == nil)
      } else if second % 128 == 127 {
        #expect(header == nil)
      } else if isLong {
        // Two bytes of length, and only two of the key.
        #expect(header == nil)
      } else {
        #expect(header?.payloadLength == UInt64(second % 128))
        #expect(header?.maskingKey == (second >= 128 ? 0x0102_0304 : nil))
      }
    }
  }

  @Test func `the longest header has fourteen bytes`() {
    let bytes = WebSocketFrame.frame(opcode: 1, mask: 0xa1b2_c3d4, form: .sixtyFourBits, length: 1)
    #expect(bytes == hex("81 ff 00 00 00 00 00 00 00 01 a1 b2 c3 d4"))
    #expect(FrameHeader.maximumLength == 14 && parse(bytes)?.headerLength == 14)
  }

  @Test(arguments: [
    ("81 7d", true), ("81 7e 00 7d", false), ("81 7e 00 00", false), ("81 7e 00 7e", true), ("81 7e ff ff", true),
    ("81 7f 00 00 00 00 00 00 00 05", false), ("81 7f 00 00 00 00 00 00 ff ff", false),
    ("81 7f 00 00 00 00 00 01 00 00", true), ("81 7f ff ff ff ff ff ff ff ff", true),
  ])
  func `a length in more bytes than it needs is told`(text: String, isMinimal: Bool) {
    #expect(parse(hex(text))?.isLengthMinimal == isMinimal)
  }

  @Test func `a start behind the bytes gives no header`() {
    #expect(parse([0x81, 0], at: 1) == nil)
    #expect(parse([0x81, 0], at: 2) == nil)
    #expect(parse([0x81, 0], at: 3) == nil)
    #expect(parse([], at: 0) == nil)
  }
}
