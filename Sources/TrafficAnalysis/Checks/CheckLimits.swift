/// Where the checks that need a limit draw it.
///
/// Times are packet times in nanoseconds.
enum CheckLimits {
  /// A pong, and the answer to a Close, after the acknowledgement of what it answers.
  static let answer: Int64 = 10_000_000_000
  /// A ping without a pong, while its receiver sends other frames.
  static let pong: Int64 = 60_000_000_000
  /// TCP stays open behind both Closes.
  static let closing: Int64 = 10_000_000_000
  /// The client's end of TCP before the server's that is no reasonable wait.
  static let clientEnd: Int64 = 1_000_000_000
  /// A peer goes on behind the other's fault.
  static let failing: Int64 = 5_000_000_000
  /// A frame that takes long, with less than a byte a second.
  static let stalledFrame: Int64 = 30_000_000_000
  /// A frame that kept its sender from answering.
  static let longFrame: Int64 = 1_000_000_000

  /// Pings, or unsolicited pongs, in ten seconds.
  static let controls = 100
  /// Pings that wait for their pongs.
  static let outstandingPings = 50
  /// Fragments of a message, and the mean payload of one below which they are tiny, in bytes.
  static let fragments = 1000
  static let tinyFragment = 16
  /// Fragments of a message without payload.
  static let emptyFragments = 100
}
