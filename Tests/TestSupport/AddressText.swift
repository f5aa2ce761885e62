import NetworkTypes

extension Endpoint {
  /// The end that `text` names: "10.0.0.1:80" or "[2001:db8::1]:80".
  public init(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      preconditionFailure("no port in \(text)")
    }
    var address = text[..<colon]
    if address.hasPrefix("[") { address = address.dropFirst().dropLast() }
    self.init(address: IPAddress(String(address)), port: port)
  }
}

extension IPAddress {
  /// The address that `text` names: dotted decimals, or groups of hexadecimal digits with at most one "::".
  public init(_ text: String) {
    guard text.contains(":") else {
      let octets = text.split(separator: ".").map { UInt32($0)! }
      precondition(octets.count == 4 && octets.allSatisfy { $0 < 256 }, "no IPv4 address: \(text)")
      self.init(v4: octets.reduce(0) { $0 << 8 | $1 })
      return
    }
    let groups = { (part: Substring) in part.split(separator: ":").map { UInt128($0, radix: 16)! } }
    var head = text[...]
    var tail = text[text.endIndex...]
    if let gap = text.indices.first(where: { text[$0...].hasPrefix("::") }) {
      head = text[..<gap]
      tail = text[text.index(gap, offsetBy: 2)...]
    }
    let zeros = 8 - groups(head).count - groups(tail).count
    precondition(zeros >= 0, "no IPv6 address: \(text)")
    let all = groups(head) + Array(repeating: 0, count: zeros) + groups(tail)
    self.init(v6: all.reduce(0) { $0 << 16 | $1 })
  }
}
