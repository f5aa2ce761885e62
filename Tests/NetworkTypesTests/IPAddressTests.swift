import NetworkTypes
import TestSupport
import Testing

struct IPAddressTests {
  @Test(arguments: [
    // RFC 5952 §4: no leading zeros, the longest run of zeros shortened, the first of equal runs, not a single group.
    ("2001:0db8:0:0:0:0:0:1", "2001:db8::1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"),
    ("fe80:0:0:0:0:0:0:0", "fe80::"),
    ("0:0:0:0:0:0:0:0", "::"),
    ("0:0:0:0:0:0:0:1", "::1"),
    ("0:0:0:0:0:ffff:c000:0201", "::ffff:192.0.2.1"),
    ("64:ff9b:0:0:0:0:102:304", "64:ff9b::102:304"),
    ("10.0.0.1", "10.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("0.0.0.0", "0.0.0.0"),
  ])
  func `addresses are written in the canonical form`(text: String, canonical: String) {
    #expect(IPAddress(text).description == canonical)
  }

  @Test func `octets are in network order`() {
    #expect(IPAddress(v4: 0x0a00_0102).octets == [10, 0, 1, 2])
    #expect(IPAddress("2001:db8::102").octets == hex("20010db8 00000000 00000000 00000102"))
  }

  @Test func `an IPv4 address is not the IPv6 address with the same number`() {
    #expect(IPAddress(v4: 1) != IPAddress(v6: 1))
    #expect(IPAddress(v4: 1) < IPAddress(v6: 0))
    #expect(!(IPAddress(v6: 0) < IPAddress(v4: 1)))
  }

  @Test func `addresses are ordered by their octets`() {
    #expect(IPAddress("9.255.255.255") < IPAddress("10.0.0.0"))
    #expect(IPAddress("2001:db8::") < IPAddress("2001:db8::1"))
    #expect(!(IPAddress("10.0.0.1") < IPAddress("10.0.0.1")))
  }

  @Test func `an octet is written in one to three digits`() {
    for octet in UInt32(0)...255 {
      #expect(IPAddress(v4: octet << 24 | octet << 8 | 10).description == "\(octet).0.\(octet).10")
    }
  }
}
