import NetworkTypes
import TestSupport
import Testing

struct ByteReaderTests {
  private let bytes = hex("01 02 03 04 05 06 07 08 09")

  @Test func `integers are read at any offset in the order asked for`() {
    withSpan(bytes) { span in
      let big: [UInt32?] = [span.bigEndian(at: 0), span.bigEndian(at: 3), span.bigEndian(at: 5)]
      #expect(big == [0x0102_0304, 0x0405_0607, 0x0607_0809])
      let little: [UInt16?] = [span.littleEndian(at: 0), span.littleEndian(at: 7)]
      #expect(little == [0x0201, 0x0908])
      let long: UInt64? = span.bigEndian(at: 1)
      #expect(long == 0x0203_0405_0607_0809)
      let byte = span.byte(at: 8)
      #expect(byte == 9)
    }
  }

  @Test(arguments: [-1, .min, 6, 8, 9, 10, .max]) func `a read that does not fit gives nothing`(offset: Int) {
    withSpan(bytes) { span in
      let big: UInt32? = span.bigEndian(at: offset)
      let little: UInt32? = span.littleEndian(at: offset)
      let long: UInt64? = span.bigEndian(at: offset)
      #expect(big == nil && little == nil && long == nil)
    }
  }

  @Test func `nothing is read past the end of bytes shorter than an integer`() {
    withSpan([1]) { span in
      let word: UInt16? = span.bigEndian(at: 0)
      let inside = span.byte(at: 0)
      let outside = [span.byte(at: 1), span.byte(at: -1), span.byte(at: .max)]
      #expect(word == nil && inside == 1 && outside == [nil, nil, nil])
    }
  }

  @Test func `literals are compared where they stand`() {
    withSpan(Array("GET /".utf8)) { span in
      let found = [
        span.hasBytes(of: "GET", at: 0), span.hasBytes(of: "/", at: 4), span.hasBytes(of: "", at: 5),
        span.hasBytes(of: "GET", at: 1), span.hasBytes(of: "/x", at: 4), span.hasBytes(of: "G", at: -1),
        span.hasBytes(of: "GET / H", at: 0),
      ]
      #expect(found == [true, true, true, false, false, false, false])
      let copy = span.copied()
      #expect(copy == Array("GET /".utf8))
    }
  }

  @Test func `only letters of ASCII are the same in both cases`() {
    for left in UInt8.min...UInt8.max {
      for right in UInt8.min...UInt8.max {
        // At places that are compared singly, and by eight.
        for place in [0, 3, 8, 11] {
          var (one, other) = ([UInt8](repeating: 0x2d, count: 12), [UInt8](repeating: 0x2d, count: 12))
          (one[place], other[place]) = (left, right)
          let isSame = one.withRawSpan { one in other.withRawSpan { one.equalsIgnoringCase($0) } }
          let lower = [left, right].map { 0x41...0x5a ~= $0 ? $0 + 0x20 : $0 }
          if isSame != (lower[0] == lower[1]) { Issue.record("\(left) \(right) \(place)") }
        }
      }
    }
    #expect(Array("HOST".utf8).withRawSpan { $0.equalsIgnoringCase("host") })
    #expect(!Array("HOST".utf8).withRawSpan { $0.equalsIgnoringCase("hosts") })
  }
}
