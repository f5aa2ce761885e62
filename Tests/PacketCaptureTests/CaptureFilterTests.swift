import LiveCapture
import PacketCapture
import Testing

struct CaptureFilterTests {
  /// An IPv4 header and a TCP header from port 1000 to `port`.
  static func ipv4(port: UInt16) -> [UInt8] {
    var packet = CaptureBytes(isBigEndian: true)
    packet.add([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2])
    packet.add(UInt16(1000))
    packet.add(port)
    packet.add([0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0])
    return packet.bytes
  }

  static let ethernet: [UInt8] = [UInt8](repeating: 2, count: 12) + [8, 0]
  static let cooked: [UInt8] = [0, 0, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0, 8, 0]
  static let cooked2: [UInt8] = [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 2, 2, 2, 2, 2, 0, 0]

  static func accepts(_ filter: CaptureFilter, _ bytes: [UInt8], linkType: UInt16, original: Int? = nil) -> Bool {
    bytes.withUnsafeBytes {
      (filter as any PacketFilter).accepts($0.bytes, originalLength: original ?? bytes.count, linkType: linkType)
    }
  }

  /// Link types with the bytes that stand before an IPv4 header there.
  static let links: [(UInt16, [UInt8])] = [
    (1, ethernet), (101, []), (113, cooked), (276, cooked2), (0, [2, 0, 0, 0]), (108, [0, 0, 0, 2]), (228, []),
  ]

  @Test(arguments: links)
  func `a filter is applied to every link type`(_ linkType: UInt16, header: [UInt8]) throws {
    let filter = try CaptureFilter("tcp port 80")
    #expect(Self.accepts(filter, header + Self.ipv4(port: 80), linkType: linkType))
    #expect(!Self.accepts(filter, header + Self.ipv4(port: 81), linkType: linkType))
    #expect(filter.unsupported.isEmpty)
  }

  @Test func `link types may alternate`() throws {
    let filter = try CaptureFilter("tcp dst port 80")
    for _ in 0..<3 {
      #expect(Self.accepts(filter, Self.ethernet + Self.ipv4(port: 80), linkType: 1))
      #expect(Self.accepts(filter, Self.ipv4(port: 80), linkType: 101))
      #expect(!Self.accepts(filter, Self.ipv4(port: 80), linkType: 1))
    }
  }

  @Test func `an empty packet and an empty expression are no fault`() throws {
    #expect(!Self.accepts(try CaptureFilter("tcp"), [], linkType: 1))
    #expect(Self.accepts(try CaptureFilter(""), [1], linkType: 1))
  }

  @Test func `lengths are those on the wire`() throws {
    let filter = try CaptureFilter("greater 1000")
    #expect(Self.accepts(filter, [1, 2], linkType: 1, original: 1500))
    #expect(!Self.accepts(filter, [1, 2], linkType: 1, original: 10))
  }

  @Test func `a mistake is told in libpcap's words`() throws {
    let error = #expect(throws: CaptureFilter.SyntaxError.self) { try CaptureFilter("tcp and and") }
    #expect(error?.description.contains("syntax error") == true)
    #expect(throws: CaptureFilter.SyntaxError.self) { try CaptureFilter("tcp\0garbage") }
  }

  @Test func `a filter that a link type does not know lets nothing of it pass`() throws {
    let filter = try CaptureFilter("type mgt")
    #expect(!Self.accepts(filter, Self.ethernet, linkType: 1))
    #expect(filter.unsupported.keys.sorted() == [1])
  }
}
