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
}
