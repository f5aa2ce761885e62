import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

struct LinkLayerTests {
  @Test func `Ethernet carries IPv4 and IPv6`() {
    #expect(Literal.isSegment(decode(Literal.ethernet), of: Literal.ethernet))
    let over6 = hex("02 00 00 00 00 02  02 00 00 00 00 01  86 dd") + Literal.ipv6
    #expect(Literal.isSegment(decode(over6), of: over6, isIPv6: true))
  }

  @Test(
    arguments: [
      (0, "00 00 00 02", false), (0, "02 00 00 00", false), (0, "00 00 00 0a", true), (0, "0a 00 00 00", true),
      (0, "18 00 00 00", true), (0, "1c 00 00 00", true), (0, "1e 00 00 00", true), (0, "00 00 00 1e", true),
      (108, "00 00 00 02", false), (108, "00 00 00 18", true),
      (12, "", false), (14, "", true), (101, "", false), (101, "", true), (228, "", false), (229, "", true),
      (113, "00 00 00 01 00 06 02 00 00 00 00 01 00 00 08 00", false),
      (113, "00 04 03 04 00 06 00 00 00 00 00 00 00 00 86 dd", true),
      (113, "00 00 00 01 00 06 02 00 00 00 00 01 00 00 81 00  00 05 08 00", false),
      (276, "08 00 00 00 00 00 00 02 00 01 04 06 02 00 00 00 00 01 00 00", false),
      (276, "86 dd 00 00 00 00 00 01 03 04 00 06 00 00 00 00 00 00 00 00", true),
      (276, "81 00 00 00 00 00 00 02 00 01 04 06 02 00 00 00 00 01 00 00  00 05 86 dd", true),
    ] as [(UInt16, String, Bool)])
  func `every link type leads to the segment`(linkType: UInt16, header: String, isIPv6: Bool) {
    let bytes = hex(header) + (isIPv6 ? Literal.ipv6 : Literal.ipv4)
    #expect(Literal.isSegment(decode(bytes, linkType: linkType), of: bytes, isIPv6: isIPv6))
  }

  @Test(arguments: [
    (LinkType.null, "null"), (.ethernet, "ethernet"), (.raw, "raw"), (.loop, "loop"), (.linuxCooked, "linux_sll"),
    (.linuxCooked2, "linux_sll2"), (.ipv4, "ipv4"), (.ipv6, "ipv6"), (LinkType(rawValue: 12), "raw"),
    (LinkType(rawValue: 147), "link type 147"), (LinkType(rawValue: .max), "link type 65535"),
  ])
  func `link types have names`(type: LinkType, name: String) {
    #expect(type.name == name)
    #expect(type.isKnown == !name.hasPrefix("link type"))
  }

  @Test func `a packet of an unknown link type is not decoded`() {
    let error = decode(Literal.ethernet, linkType: 147).error
    #expect(error == DecodeError(layer: .link, kind: .unknownLinkType(147)))
    #expect(error?.description == "link type 147 is not known")
  }

  @Test func `an address family that is not IP is told`() {
    let error = decode(hex("00 00 00 07") + Literal.ipv4, linkType: 0).error
    #expect(error == DecodeError(layer: .loopback, kind: .unknownAddressFamily(7)))
  }

  @Test(
    arguments: [
      ("81 00  60 05  08 00", [5]), ("88 a8  00 64  81 00  00 c8  08 00", [100, 200]),
      ("91 00  0f ff  92 00  00 01  08 00", [4095, 1]), ("81 00  00 00  08 00", [0]),
      ("88 a8 00 01 81 00 00 02 81 00 00 03 81 00 00 04 81 00 00 05 08 00", [1, 2, 3, 4]),
    ] as [(String, [UInt16])])
  func `VLAN identifiers are recorded from the outermost`(types: String, identifiers: [UInt16]) {
    let bytes = hex("02 00 00 00 00 02  02 00 00 00 00 01") + hex(types) + Literal.ipv4
    let packet = decode(bytes)
    #expect(Literal.isSegment(packet, of: bytes))
    #expect(packet.segment?.layers.vlanIDs == identifiers)
    #expect(packet.segment?.layers.vlanCount == hex(types).count / 4)
  }

  @Test func `tags are passed up to the limit and no further`() {
    let limit = Limits().vlanTags
    for count in [limit, limit + 1, 300] {
      let tags = (0..<count).flatMap { _ in hex("81 00 00 01") }
      let bytes = hex("02 00 00 00 00 02  02 00 00 00 00 01") + tags + hex("08 00") + Literal.ipv4
      let packet = decode(bytes)
      #expect((packet.segment != nil) == (count <= limit))
      #expect(packet.error?.kind == (count <= limit ? nil : .nestedTooDeeply))
    }
  }

  @Test(
    arguments: [
      ("08 06", .arp), ("80 35", .arp), ("88 cc", .linkControl(0x88cc)), ("88 8e", .linkControl(0x888e)),
      ("00 26", .llc), ("05 dc", .llc),
    ] as [(String, OtherProtocol)])
  func `frames without IP are told apart`(type: String, other: OtherProtocol) {
    #expect(decode(hex("02 00 00 00 00 02  02 00 00 00 00 01") + hex(type) + Literal.ipv4).other == other)
  }

  @Test(arguments: ["05 dd", "05 ff", "06 00", "12 34", "ff ff"])
  func `an EtherType without a row is unknown`(type: String) {
    let number = hex(type).reduce(0) { UInt16($0) << 8 | UInt16($1) }
    let error = decode(hex("02 00 00 00 00 02  02 00 00 00 00 01") + hex(type) + Literal.ipv4).error
    #expect(error?.kind == .unknownEtherType(number))
  }

  @Test func `netlink messages of cooked captures are left alone`() {
    #expect(
      decode(hex("00 04 03 38 00 00 00 00 00 00 00 00 00 00 08 00") + Literal.ipv4, linkType: 113).other == .netlink)
    let version2 = hex("08 00 00 00 00 00 00 02 03 38 04 00 00 00 00 00 00 00 00 00") + Literal.ipv4
    #expect(decode(version2, linkType: 276).other == .netlink)
  }

  @Test func `a frame check sequence is no payload, whether captured or cut`() {
    // An IPv4 total length of zero, so that the frame's end is the packet's.
    var bytes = Literal.ethernet
    bytes.replaceSubrange(16..<18, with: [0, 0])
    let captured = decode(bytes + [1, 2, 3, 4], frameCheckBytes: 4)
    #expect(captured.segment?.payload == 54..<57)
    #expect(captured.segment?.payloadLength == 3)
    let cut = decode(bytes, originalLength: bytes.count + 4, frameCheckBytes: 4)
    #expect(cut.segment?.payload == 54..<57)
    #expect(cut.segment?.payloadLength == 3)
    #expect(decode(bytes, frameCheckBytes: 1000).error?.kind == .truncated)
    #expect(decode(bytes, frameCheckBytes: -5).segment?.payloadLength == 3)
  }
}
