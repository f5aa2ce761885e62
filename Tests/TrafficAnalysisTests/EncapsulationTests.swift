import NetworkTypes
import PacketDecoding
import TestSupport
import Testing
import TrafficAnalysis

/// What is around a connection's packets is told, and tells it apart from others where it should.
struct EncapsulationTests {
  /// A short WebSocket, as IP packets.
  private static let talk: Conversation = {
    var talk = Conversation(link: .raw)
    talk.openWebSocket()
    talk.client(WebSocketFrame.text("in", mask: exampleMask))
    talk.server(WebSocketFrame.text("out"))
    talk.close()
    return talk
  }()

  private static let story = ["open", "c2s text \"in\"", "s2c text \"out\"", "end: fin"]

  /// The packets behind Ethernet, tags, and a VXLAN header of this network.
  private static func inVXLAN(_ network: UInt32, vlans: [UInt16] = []) -> [BuiltPacket] {
    talk.packets.map { packet in
      var header: [UInt8] = [8, 0, 0, 0]
      header.append(integer: network << 8)
      let inner = header + LinkLayer.ethernet().header(isIPv6: false) + packet.bytes
      var udp: [UInt8] = [0xc0, 0, 0x12, 0xb5]
      udp.append(integer: UInt16(8 + inner.count))
      udp += [0, 0] + inner
      let outer = PacketBuilder.ip(
        from: Endpoint("192.0.2.1:1").address, to: Endpoint("192.0.2.2:1").address, protocol: 17, payload: udp)
      var changed = packet
      changed.bytes = LinkLayer.ethernet(vlans: vlans).header(isIPv6: false) + outer
      changed.originalLength = changed.bytes.count
      changed.linkType = 1
      return changed
    }
  }

  private static func tagged(_ vlan: UInt16) -> [BuiltPacket] {
    talk.packets.map { packet in
      var changed = packet
      changed.bytes = LinkLayer.ethernet(vlans: [vlan]).header(isIPv6: false) + packet.bytes
      changed.originalLength = changed.bytes.count
      changed.linkType = 1
      return changed
    }
  }

  private static func interleave(_ one: [BuiltPacket], _ other: [BuiltPacket]) -> [BuiltPacket] {
    zip(one, other).flatMap { [$0, $1] }
  }

  @Test func `a WebSocket within a tunnel is told with its path`() throws {
    let run = analyze(Self.inVXLAN(100, vlans: [7]))
    #expect(run.story == Self.story)
    let open = try #require(run.opens.first)
    #expect(open.tunnels == ["vxlan:100"])
    #expect(open.vlanIDs == [7])
    #expect(analyze(Self.talk).opens.first?.tunnels == [])
  }

  @Test func `the same addresses in two networks are two connections`() {
    let run = analyze(Self.interleave(Self.inVXLAN(100), Self.inVXLAN(200)))
    #expect(run.opens.map(\.tunnels) == [["vxlan:100"], ["vxlan:200"]])
    #expect(Set(run.opens.map(\.connection.name)).count == 2)
    #expect(run.ends.count == 2)
  }

  @Test func `the same packets on two VLANs are one connection, or two if asked for`() {
    let packets = Self.interleave(Self.tagged(5), Self.tagged(6))
    #expect(analyze(packets).story == Self.story)
    let run = analyze(packets, options: AnalysisOptions(reportsFrames: true, separatesVLANs: true))
    #expect(run.opens.map(\.vlanIDs) == [[5], [6]])
    #expect(Set(run.opens.map(\.connection.name)).count == 2)
    #expect(run.ends.count == 2)
  }

  @Test func `fragments are counted, and their packet completes the message`() throws {
    var packets: [BuiltPacket] = []
    for packet in Self.talk.packets {
      // Each packet in pieces of 16 octets, the last first.
      let payload = Array(packet.bytes[20...])
      for start in stride(from: 0, to: payload.count, by: 16).reversed() {
        let end = min(start + 16, payload.count)
        var piece = packet
        piece.bytes = Self.piece(packet, payload[start..<end], at: start, more: end < payload.count)
        piece.originalLength = piece.bytes.count
        packets.append(piece)
      }
    }
    let run = analyze(packets + packets.prefix(1))
    #expect(run.story == Self.story)
    let stats = try #require(run.stats.last)
    #expect(stats.fragments == packets.count + 1)
    // The copy of the first piece waits to the end.
    #expect(stats.fragmentsDropped == 1)
    #expect(stats.fragmentOverlaps == 0)
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func piece(_ packet: BuiltPacket, _ bytes: ArraySlice<UInt8>, at offset: Int, more: Bool) -> [UInt8] {
    PacketBuilder.ip(
      from: IPAddress(v4: word(packet.bytes, 12)), to: IPAddress(v4: word(packet.bytes, 16)),
      // A number for each packet, by its time.
      identification: UInt16(truncatingIfNeeded: packet.nanoseconds / 1000),
      fragment: UInt16(offset / 8) | (more ? 0x2000 : 0), payload: Array(bytes))
  }

  /// Names by Python's hashlib, from the addresses, the time, and what is said beside them.
  @Test(
    arguments: [
      (nil, [], "kqhb4gbaaforo"), (100, [], "tk4hdwg43twok"), (0, [], "yfp4puijssisi"), (nil, [5, 6], "qxhixrpm6aa4m"),
      (100, [5], "pcbr4byvxdft6"),
    ] as [(UInt32?, [UInt16], String)])
  func `network and VLAN identifiers are in the connection's name`(network: UInt32?, vlans: [UInt16], name: String) {
    let client = Endpoint("10.0.0.1:40000")
    let key = FlowKey(client, Endpoint("10.0.0.2:80"), network: network, vlanIDs: vlans)
    let identity = ConnectionIdentity(
      key: key, start: Timestamp(nanoseconds: 1), client: client, host: nil, path: nil)
    #expect(identity.name == name)
  }
}
