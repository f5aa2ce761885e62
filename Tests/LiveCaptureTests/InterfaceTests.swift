import TestSupport
import Testing

@testable import LiveCapture

/// What is said of interfaces.
struct InterfaceTests {
  @Test func `the loopback interface is listed with what is true of it`() throws {
    let all = try InterfaceList.all()
    // Without rights some systems list none.
    guard let loopback = all.first(where: { $0.flags.contains("loopback") }) else {
      print("skipped: this system lists no loopback interface")
      return
    }
    #expect(["lo", "lo0"].contains(loopback.name))
    if loopback.flags.contains("up") { #expect(loopback.addresses.contains("127.0.0.1/8")) }
  }

  @Test func `each error is a sentence that says what to do`() {
    #expect(InterfaceError.unknown("a").description == "there is no interface 'a'; 'wstap interfaces' lists them")
    #expect(
      InterfaceError.notPermitted("a", program: "/bin/wstap").description.contains(
        "sudo setcap cap_net_raw=ep /bin/wstap"))
    #expect(InterfaceError.down("a").description.contains("ip link set a up"))
    #expect(
      InterfaceError.filter("a", expression: "x", reason: "y").description == "a: 'x' is no capture filter: y")
  }

  @Test func `link types of captures and of libpcap are each other's inverse`() {
    for linkType in UInt16(0)...300 {
      let linkLayer = LinkLayerNumbers.linkLayer(of: linkType)
      // Numbers that a system uses for something else have no way back.
      if LinkLayerNumbers.linkType(of: linkLayer) != linkType { #expect(linkLayer == Int32(linkType)) }
    }
    #expect(LinkLayerNumbers.linkType(of: 1) == 1 && LinkLayerNumbers.linkType(of: 276) == 276)
    #expect(LinkLayerNumbers.linkLayer(of: 101) == LinkLayerNumbers.linkLayer(of: 101))
  }
}
