internal import HTTPDecoding
internal import WebSocketDecoding

/// The parameters of one permessage-deflate, offered or accepted (RFC 7692 §7.1).
struct DeflateParameters {
  /// A limit on a window.
  enum WindowBits: Equatable {
    /// The parameter without a value: a client may say so that it can be told one.
    case unspecified
    case bits(Int)
  }

  /// What is wrong with a parameter.
  struct Fault {
    let rule: Rule
    let detail: String
  }

  private(set) var serverResets = false
  private(set) var serverBits: Int?
  private(set) var clientBits: WindowBits?
  /// What is wrong, each rule once: an offer with any of it has to be declined.
  private(set) var faults: [Fault] = []

  /// The parameters of an element, in a request (`client`) or an answer.
  init(_ element: ExtensionList.Element, of sender: Sender) {
    var known: Set<[UInt8]> = []
    for parameter in element.parameters {
      if !known.insert(parameter.name).inserted {
        note(.deflateParamDuplicated, "\(WireText.shown(parameter.name)) stands there twice")
      }
      read(parameter, of: sender)
    }
  }

  private mutating func read(_ parameter: ExtensionList.Parameter, of sender: Sender) {
    if parameter.isNamed("server_no_context_takeover") || parameter.isNamed("client_no_context_takeover") {
      if let value = parameter.value {
        note(.deflateFlagHasValue, "\(WireText.shown(parameter.name))=\(WireText.shown(value.bytes))")
      }
      if parameter.isNamed("server_no_context_takeover") { serverResets = true }
    } else if parameter.isNamed("server_max_window_bits") {
      serverBits = bits(of: parameter)
      if parameter.value == nil { note(.deflateWindowBitsMissing, "server_max_window_bits without a value") }
    } else if parameter.isNamed("client_max_window_bits") {
      clientBits = bits(of: parameter).map(WindowBits.bits) ?? .unspecified
      if parameter.value == nil, sender == .server {
        note(.deflateWindowBitsMissing, "client_max_window_bits without a value in the answer")
      }
    } else {
      note(.deflateParamUnknown, WireText.shown(parameter.name))
    }
  }

  /// 8 to 15, without leading zeros; quotes make no difference (RFC 6455 §9.1).
  private mutating func bits(of parameter: ExtensionList.Parameter) -> Int? {
    guard let value = parameter.value else { return nil }
    let isNumber = 1...2 ~= value.bytes.count && value.bytes.allSatisfy { 0x30...0x39 ~= $0 } && value.bytes[0] != 0x30
    let number = isNumber ? value.bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) } : 0
    guard 8...15 ~= number else {
      note(.deflateWindowBitsInvalid, "\(WireText.shown(parameter.name))=\(WireText.shown(value.bytes))")
      return nil
    }
    return number
  }

  private mutating func note(_ rule: Rule, _ detail: @autoclosure () -> String) {
    guard !faults.contains(where: { $0.rule == rule }) else { return }
    faults.append(Fault(rule: rule, detail: detail()))
  }

  /// Whether an answer keeps to the window that this offer demands of the server.
  func isServerWindowKept(by answer: DeflateParameters) -> Bool {
    guard let most = serverBits else { return true }
    return answer.serverBits.map { $0 <= most } ?? false
  }

  /// Whether an answer keeps to the reset that this offer demands of the server.
  func isServerResetKept(by answer: DeflateParameters) -> Bool { !serverResets || answer.serverResets }
}

extension HandshakeChecks {
  /// deflate-param-unknown, deflate-param-duplicated, deflate-window-bits-invalid, deflate-window-bits-missing,
  /// deflate-flag-has-value.
  mutating func checkParameters(_ parameters: DeflateParameters, by sender: Sender) {
    for fault in parameters.faults { fire(fault.rule, by: sender, fault.detail) }
  }

  /// deflate-client-bits-not-offered, deflate-server-bits-not-honoured, deflate-no-takeover-not-honoured,
  /// deflate-invalid-offer-accepted, deflate-window-small.
  mutating func checkAgreement(_ answer: DeflateParameters, with elements: [ExtensionList.Element]) {
    checkWindow(answer)
    let all = elements.filter { $0.isNamed("permessage-deflate") }
    guard !all.isEmpty else { return }
    let offers = all.filter { !$0.isMalformed }.map { DeflateParameters($0, of: .client) }.filter(\.faults.isEmpty)
    guard !offers.isEmpty else {
      return fire(.deflateInvalidOfferAccepted, "none of \(all.count) offered is valid")
    }
    if !offers.contains(where: { $0.isServerWindowKept(by: answer) }) {
      let most = offers.compactMap(\.serverBits).max() ?? 15
      fire(
        .deflateServerBitsNotHonoured,
        "server_max_window_bits=\(most) demanded, \(answer.serverBits.map { "\($0)" } ?? "none") agreed")
    }
    if !offers.contains(where: { $0.isServerResetKept(by: answer) }) {
      fire(.deflateNoTakeoverNotHonoured, "server_no_context_takeover demanded, and not in the answer")
    }
    guard let clientBits = answer.clientBits else { return }
    let fitting = offers.filter { $0.isServerWindowKept(by: answer) && $0.isServerResetKept(by: answer) }
    guard !(fitting.isEmpty ? offers : fitting).contains(where: { $0.clientBits != nil }) else { return }
    let value = if case .bits(let bits) = clientBits { "=\(bits)" } else { "" }
    fire(.deflateClientBitsNotOffered, "client_max_window_bits\(value) was not offered")
  }

  private mutating func checkWindow(_ answer: DeflateParameters) {
    guard exchange.response?.status == 101 else { return }
    if let bits = answer.serverBits, bits < 10 {
      fire(.deflateWindowSmall, by: .server, "server_max_window_bits=\(bits)")
    } else if case .bits(let bits) = answer.clientBits, bits < 10 {
      fire(.deflateWindowSmall, by: .server, "client_max_window_bits=\(bits)")
    }
  }
}
