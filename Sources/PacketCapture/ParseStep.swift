/// How far a reader got through the bytes at hand.
struct ParseStep {
  /// Bytes that were dealt with; the reader is called again with what lies behind them and more.
  var consumed = 0
  /// Bytes behind `consumed` that are of no interest and need not be held.
  var skipped = 0
  /// Bytes that must lie behind `consumed` (and `skipped`) before the reader can go on.
  var wanted = 0
  /// A fault behind which nothing can be read.
  var fault: Fault?

  /// Something wrong in the file.
  struct Fault {
    /// Bytes before it in the file.
    var offset: Int
    /// What is wrong.
    var reason: String
  }
}
