internal import NetworkTypes
internal import WebSocketDecoding

/// What the first bytes of a direction behind the 101 were looked at for: whether it is WebSocket at all.
enum StreamOpening {
  /// None of them came. To: held, frames, foreign, known.
  case ahead(isOpenedWell: Bool)
  /// They may still become the beginning of another protocol, and wait in `FrameProgress`. To: frames, foreign, known.
  case held(isOpenedWell: Bool)
  /// The first frames are looked at: how many faults of which kinds they had. To: foreign, known.
  case frames(FrameFaults)
  /// It is another protocol, and is not read. The last state.
  case foreign
  /// It is WebSocket, or that cannot be told. The last state.
  case known

  /// Whether bytes have to wait, or are not wanted.
  @inline(__always)
  var isInTheWay: Bool {
    switch self {
    case .ahead, .held, .foreign: true
    case .frames, .known: false
    }
  }

  /// Whether bytes of it wait, or none came.
  var isWaiting: Bool {
    switch self {
    case .ahead, .held: true
    case .frames, .foreign, .known: false
    }
  }

  var isForeign: Bool { if case .foreign = self { true } else { false } }
}

/// Faults of the first frames that no frame of a WebSocket should have.
struct FrameFaults {
  /// Frames that are looked at, and faults that are too many.
  static let limit = 3

  private(set) var count: UInt8 = 0
  private var kinds: UInt8 = 0

  /// Whether it is no WebSocket: three faults of two kinds at least, as a client that never masks has many of one.
  var isTooMany: Bool { count >= Self.limit && kinds.nonzeroBitCount >= 2 }

  mutating func note(_ header: FrameHeader, by sender: Sender) {
    if header.opcode.isReserved { note(1) }
    if (header.maskingKey != nil) != (sender == .client) { note(2) }
    if header.hasLengthTopBit || (header.opcode.isControl && header.payloadLength > 125) { note(4) }
  }

  private mutating func note(_ kind: UInt8) {
    count += 1
    kinds |= kind
  }
}

/// Other protocols that are known by their first bytes, none of which a frame begins with: its opcode would be reserved,
/// or its mask missing.
enum ForeignProtocol {
  enum Verdict {
    case none
    case needMore
    case found(Rule, String)
  }

  private static let statusLine = Array("HTTP/1.".utf8)
  private static let methods = [
    "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ",
  ].map { Array($0.utf8) }
  private static let banners = ["SSH-2.0-", "SSH-1."].map { Array($0.utf8) }

  static func verdict(_ bytes: RawSpan, by sender: Sender) -> Verdict {
    var needsMore = false
    func begins(_ literal: [UInt8]) -> Bool {
      let count = min(literal.count, bytes.byteCount)
      guard (0..<count).allSatisfy({ bytes.checkedByte($0) == literal[$0] }) else { return false }
      if count < literal.count { needsMore = true }
      return count == literal.count
    }
    if sender == .server, begins(statusLine) { return .found(.httpAfter101, "a status line") }
    if sender == .client, let method = methods.first(where: begins) {
      return .found(.httpAfter101, "a \(String(decoding: method, as: UTF8.self))request")
    }
    if banners.contains(where: begins) { return .found(.notWebsocketAfter101, "SSH") }
    if let type = bytes.byte(at: 0), type == 0x16 {
      guard let major = bytes.byte(at: 1) else { return .needMore }
      if major == 3 {
        guard let minor = bytes.byte(at: 2) else { return .needMore }
        if minor <= 4 { return .found(.notWebsocketAfter101, "a handshake of TLS") }
      }
    }
    return needsMore ? .needMore : .none
  }
}

extension WebSocketAnalyzer {
  /// Says that the first bytes of each direction to come are those behind a 101.
  ///
  /// - Parameter isOpenedWell: Whether the handshake succeeded, so that frames are to be expected.
  func expectFrames(isOpenedWell: Bool) {
    // An unknown extension may define another framing, and so may another version.
    guard !agreement.hasUnknownExtension, agreement.followsRFC6455 else { return }
    for direction in Direction.allCases { side(of: direction).opening = .ahead(isOpenedWell: isOpenedWell) }
  }

  /// Looks at a direction's first bytes before they are taken for frames.
  func receiveOpening(_ bytes: RawSpan, _ side: WebSocketSide, _ position: StreamPosition) {
    let isOpenedWell: Bool
    var all: [UInt8] = []
    var offset = position.offset
    switch side.opening {
    case .foreign:
      return side.addUnframed(bytes.byteCount, context)
    case .ahead(let isWell):
      isOpenedWell = isWell
    case .held(let isWell):
      isOpenedWell = isWell
      if let held = side.progress(context).opening { (all, offset) = held }
      side.progress(context).opening = nil
    case .frames, .known:
      return
    }
    guard bytes.byteCount > 0 else { return }
    // The longest that is looked for has 8 bytes.
    let verdict: ForeignProtocol.Verdict
    if all.isEmpty {
      verdict = ForeignProtocol.verdict(bytes, by: side.sender)
    } else {
      all.append(contentsOf: bytes)
      verdict = all.withRawSpan { ForeignProtocol.verdict($0, by: side.sender) }
    }
    switch verdict {
    case .needMore:
      if all.isEmpty { all = bytes.copied() }
      side.opening = .held(isOpenedWell: isOpenedWell)
      side.progress(context).opening = (all, offset)
      context.memory.hasChanged = true
    case .found(let rule, let name) where rule == .httpAfter101 || isOpenedWell:
      report(Finding(rule, by: side.sender, at: offset), position.packet, "\(name) begins where frames should")
      side.opening = .foreign
      side.addUnframed(all.isEmpty ? bytes.byteCount : all.count, context)
    case .found, .none:
      side.opening = isOpenedWell ? .frames(FrameFaults()) : .known
      let place = StreamPosition(direction: position.direction, offset: offset, packet: position.packet)
      if all.isEmpty {
        decode(bytes, side, place)
      } else {
        all.withRawSpan { decode($0, side, place) }
      }
    }
  }

  /// Gives up waiting for what would tell.
  func endOpening(_ side: WebSocketSide, _ position: StreamPosition) {
    guard side.opening.isWaiting else { return }
    let isHeld = if case .held = side.opening { true } else { false }
    side.opening = .known
    guard isHeld, let (held, offset) = side.progress(context).opening else { return }
    side.progress(context).opening = nil
    let place = StreamPosition(direction: position.direction, offset: offset, packet: position.packet)
    held.withRawSpan { decode($0, side, place) }
  }

  /// Counts the faults of the first frames, and says once they are too many.
  @inline(__always)
  func judgeOpening(_ header: FrameHeader, _ side: WebSocketSide, offset: Int, _ packet: PacketStamp) {
    guard case .frames(let faults) = side.opening else { return }
    judgeOpening(header, after: faults, side, offset: offset, packet)
  }

  private func judgeOpening(
    _ header: FrameHeader, after earlier: FrameFaults, _ side: WebSocketSide, offset: Int, _ packet: PacketStamp
  ) {
    var faults = earlier
    // What stands behind a Close is debris of a WebSocket.
    guard side.counts.frames < FrameFaults.limit, !side.hasClosed else {
      side.opening = .known
      return
    }
    faults.note(header, by: side.sender)
    side.opening = .frames(faults)
    guard faults.isTooMany else { return }
    side.opening = .foreign
    report(
      Finding(.notWebsocketAfter101, by: side.sender, at: offset), packet,
      "\(faults.count) faults in the headers of \(side.counts.frames + 1) frames")
  }
}
