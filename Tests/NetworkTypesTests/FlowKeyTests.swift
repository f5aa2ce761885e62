import NetworkTypes
import TestSupport
import Testing

struct FlowKeyTests {
  @Test(arguments: [
    ("10.0.0.1:40000", "10.0.0.2:80"), ("10.0.0.2:40000", "10.0.0.1:80"), ("10.0.0.1:2", "10.0.0.1:1"),
    ("[2001:db8::1]:443", "[2001:db8::2]:443"), ("10.0.0.1:7", "10.0.0.1:7"),
  ])
  func `both directions have one key`(one: String, other: String) {
    let key = FlowKey(Endpoint(one), Endpoint(other))
    let back = FlowKey(Endpoint(other), Endpoint(one))
    #expect(key == back)
    #expect(key.hashValue == back.hashValue)
    #expect(!(key.upper < key.lower))
  }

  @Test func `ports, addresses and tunnels tell connections apart`() {
    let server = Endpoint("10.0.0.2:80")
    let keys: Set = [
      FlowKey(Endpoint("10.0.0.1:40000"), server), FlowKey(Endpoint("10.0.0.1:40001"), server),
      FlowKey(Endpoint("10.0.0.3:40000"), server), FlowKey(Endpoint("10.0.0.1:40000"), server, network: 1),
      FlowKey(Endpoint("10.0.0.1:80"), Endpoint("10.0.0.2:40000")),
    ]
    #expect(keys.count == 5)
  }

  @Test func `a network, even of number 0, and VLAN identifiers tell connections apart`() {
    let one = Endpoint("10.0.0.1:40000")
    let other = Endpoint("10.0.0.2:80")
    let keys = [
      FlowKey(one, other), FlowKey(one, other, network: 0), FlowKey(one, other, network: 1),
      FlowKey(one, other, network: nil, vlanIDs: [0]), FlowKey(one, other, network: nil, vlanIDs: [0, 0]),
      FlowKey(one, other, network: 1, vlanIDs: [5]), FlowKey(one, other, network: nil, vlanIDs: [5, 6]),
      FlowKey(one, other, network: nil, vlanIDs: [6, 5]),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(keys[0] == FlowKey(other, one, network: nil))
    #expect(keys.map(\.network) == [nil, 0, 1, nil, nil, 1, nil, nil])
    #expect(keys.map(\.vlanIDs) == [[], [], [], [0], [0, 0], [5], [5, 6], [6, 5]])
    #expect(FlowKey(one, other, network: .max, vlanIDs: [1, 2, 3, 0xffff, 5]).vlanIDs == [1, 2, 3, 0xfff])
    #expect(FlowKey(one, other, network: .max).network == .max)
  }
}
