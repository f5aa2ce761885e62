/// Why an interface cannot be captured from.
public enum InterfaceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// There is none of that name.
  case unknown(String)
  /// This process may not capture; how it may is told.
  case notPermitted(String, program: String)
  /// It is down.
  case down(String)
  /// The filter does not suit it, in libpcap's words.
  case filter(String, expression: String, reason: String)
  /// Anything else, in libpcap's or the system's words.
  case failed(String, reason: String)

  /// One sentence for standard error.
  public var description: String {
    switch self {
    case .unknown(let name):
      "there is no interface '\(name)'; 'wstap interfaces' lists them"
    case .notPermitted(let name, let program):
      "\(name): no permission to capture. Run wstap as root, or allow it to capture once and for all by\n"
        + "  sudo setcap cap_net_raw=ep \(program)"
    case .down(let name):
      "\(name): the interface is down; 'ip link set \(name) up' brings it up"
    case .filter(let name, let expression, let reason):
      "\(name): '\(expression)' is no capture filter: \(reason)"
    case .failed(let name, let reason):
      "\(name): \(reason)"
    }
  }
}
