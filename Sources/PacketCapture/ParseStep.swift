/// How far a reader got through the bytes at hand.
struct ParseStep {
  /// Bytes that were dealt with; the reader is called again with what lies behind them and more.
  var consumed = 0

  /// Something wrong in the file.
  struct Fault {
    /// Bytes before it in the file.
    var offset: Int
    /// What is wrong.
    var reason: String
    /// Bytes that were not read for it.
    var skippedBytes = 0
    /// Packets that were seen and left out for it.
    var lostPackets = 0
  }
}

extension [ParseStep.Fault] {
  /// Notes a fault; beyond `most` only what it cost is kept, in the last one.
  mutating func note(_ fault: @autoclosure () -> ParseStep.Fault, most: Int) {
    let fault = fault()
    guard count > most else { return append(fault) }
    self[count - 1].skippedBytes += fault.skippedBytes
    self[count - 1].lostPackets += fault.lostPackets
  }
}
