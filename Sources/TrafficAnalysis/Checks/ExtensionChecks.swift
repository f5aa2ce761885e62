internal import HTTPDecoding
internal import WebSocketDecoding

/// What the client offers and the server accepts as extensions (RFC 6455 §9.1, §11.3.2; RFC 7692 §5).
extension HandshakeChecks {
  /// extension-offer-malformed; of the offer: extension-param-quoted-invalid, extension-unregistered, and the parameters
  /// of permessage-deflate.
  mutating func checkExtensionOffer(_ request: HTTPRequestHead) {
    let lines = request.fields.all(named: "Sec-WebSocket-Extensions")
    guard let offers = ExtensionList(lines) else { return }
    if let fault = offers.fault {
      fire(.extensionOfferMalformed, "\(fault.rawValue): \(WireText.list(lines))")
    }
    checkElements(offers, by: .client)
    for offer in offers.elements where offer.isNamed("permessage-deflate") && !offer.isMalformed {
      checkParameters(DeflateParameters(offer, of: .client), by: .client)
    }
  }

  /// extension-response-malformed, extension-response-header-repeated, extension-not-offered, extension-accepted-twice,
  /// extension-rsv1-conflict; of the answer what `checkExtensionOffer` checks of the offer.
  mutating func checkExtensionAnswer(_ response: HTTPResponseHead) {
    let lines = response.fields.all(named: "Sec-WebSocket-Extensions")
    guard let accepted = ExtensionList(lines) else { return }
    if let fault = accepted.fault {
      fire(.extensionResponseMalformed, "\(fault.rawValue): \(WireText.list(lines))")
    }
    if lines.count > 1 { fire(.extensionResponseHeaderRepeated, "\(lines.count) fields") }
    checkElements(accepted, by: .server)
    var known: Set<[UInt8]> = []
    if let twice = accepted.elements.first(where: { !known.insert($0.name).inserted }) {
      fire(.extensionAcceptedTwice, "\(WireText.shown(twice.name)) is accepted twice")
    }
    let compressing = known.filter { ExtensionRegistry.usingRSV1.contains(String(decoding: $0, as: UTF8.self)) }
    if compressing.count > 1 {
      let names = compressing.map { WireText.shown($0) }.sorted().joined(separator: " and ")
      fire(.extensionRsv1Conflict, "\(names) both use RSV1")
    }
    let offers = exchange.request.map {
      ExtensionList($0.fields.all(named: "Sec-WebSocket-Extensions"))?.elements ?? []
    }
    if let offers { checkOffered(known, offers) }
    for element in accepted.elements where element.isNamed("permessage-deflate") && !element.isMalformed {
      let answer = DeflateParameters(element, of: .server)
      checkParameters(answer, by: .server)
      if let offers { checkAgreement(answer, with: offers) }
    }
  }

  private mutating func checkOffered(_ accepted: Set<[UInt8]>, _ offers: [ExtensionList.Element]) {
    let offered = Set(offers.map(\.name))
    let others = accepted.subtracting(offered)
    guard !others.isEmpty else { return }
    let lowercase = Set(offered.map { HTTPToken.lowercased($0) })
    // Another case is another name; but most clients mean the same.
    let differsInCase = others.allSatisfy { lowercase.contains(HTTPToken.lowercased($0)) }
    let names = WireText.list(others.sorted { $0.lexicographicallyPrecedes($1) })
    fire(
      .extensionNotOffered, as: differsInCase ? .warning : .error,
      differsInCase ? "\(names) was offered in another case" : names)
  }

  private mutating func checkElements(_ list: ExtensionList, by sender: Sender) {
    for element in list.elements {
      if !ExtensionRegistry.contains(element.name) {
        fire(.extensionUnregistered, by: sender, WireText.shown(element.name))
      }
      for parameter in element.parameters {
        guard let value = parameter.value, value.isQuoted, !value.isToken else { continue }
        fire(
          .extensionParamQuotedInvalid, by: sender,
          "\(WireText.shown(parameter.name)) is \"\(WireText.shown(value.bytes))\"")
      }
    }
  }
}
