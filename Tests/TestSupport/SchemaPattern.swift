/// A regular expression of the few forms that the log's schema uses, matched against a whole text.
///
/// `^`, then characters or classes (`[a-z2-7]`) each with `?`, `*`, `+`, `{n}` or `{n,m}` behind it or nothing, then `$`.
/// A class takes as much as it can, without a way back. Anything else is refused, so that nothing passes that was not
/// understood.
struct SchemaPattern: Sendable {
  private struct Piece: Sendable {
    var bytes: Set<UInt8>
    var times: ClosedRange<Int>
  }

  private var pieces: [Piece] = []

  init(_ text: String) throws(SchemaFault) {
    let all = Array(text.utf8)
    let fault = SchemaFault("the pattern \(text) is of a form that is not known here")
    guard all.first == UInt8(ascii: "^"), all.last == UInt8(ascii: "$"), all.count > 1 else { throw fault }
    var rest = all.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      var bytes: Set<UInt8> = [byte]
      if byte == UInt8(ascii: "[") {
        guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { throw fault }
        bytes = try Self.range(Array(rest[..<end]), fault)
        rest = rest[(end + 1)...]
      } else if "\\^$.|?*+(){}]".utf8.contains(byte) {
        throw fault
      }
      pieces.append(Piece(bytes: bytes, times: try Self.quantifier(&rest, fault)))
    }
    // Without a way back, neighbours must not compete for a byte where the first may take more or fewer.
    for (left, right) in zip(pieces, pieces.dropFirst()) where left.times.count > 1 {
      guard left.bytes.isDisjoint(with: right.bytes) else { throw fault }
    }
  }

  private static func range(_ text: [UInt8], _ fault: SchemaFault) throws(SchemaFault) -> Set<UInt8> {
    guard !text.isEmpty, text.first != UInt8(ascii: "^"), !text.contains(UInt8(ascii: "\\")) else { throw fault }
    var bytes: Set<UInt8> = []
    var index = 0
    while index < text.count {
      if index + 2 < text.count, text[index + 1] == UInt8(ascii: "-") {
        guard text[index] <= text[index + 2] else { throw fault }
        bytes.formUnion(text[index]...text[index + 2])
        index += 3
      } else {
        bytes.insert(text[index])
        index += 1
      }
    }
    return bytes
  }

  private static func quantifier(
    _ rest: inout ArraySlice<UInt8>, _ fault: SchemaFault
  ) throws(SchemaFault) -> ClosedRange<Int> {
    switch rest.first {
    case UInt8(ascii: "?"): rest.removeFirst(); return 0...1
    case UInt8(ascii: "*"): rest.removeFirst(); return 0...(.max - 1)
    case UInt8(ascii: "+"): rest.removeFirst(); return 1...(.max - 1)
    case UInt8(ascii: "{"):
      guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { throw fault }
      let bounds = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self).split(separator: ",").map {
        Int($0)
      }
      rest = rest[(end + 1)...]
      guard let first = bounds.first, let low = first, bounds.count <= 2, let high = bounds.last ?? low, low <= high
      else { throw fault }
      return low...high
    default: return 1...1
    }
  }

  /// Whether all of `text` is of the form.
  func matches(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    for piece in pieces {
      let taken = rest.prefix(piece.times.upperBound).prefix { piece.bytes.contains($0) }.count
      guard taken >= piece.times.lowerBound else { return false }
      rest = rest.dropFirst(taken)
    }
    return rest.isEmpty
  }
}
