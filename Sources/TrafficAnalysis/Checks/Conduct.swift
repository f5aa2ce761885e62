internal import NetworkTypes
internal import WebSocketDecoding

/// What the two sides of a WebSocket have done, as far as checks look back at it.
///
/// It is made with the first control frame or fault: most of a million idle WebSockets never have one.
final class Conduct {
  /// A Close that was sent.
  struct Close {
    let packet: PacketStamp
    /// The place behind it in its stream.
    let end: Int
    let code: CloseCode?
    /// Whether the other side's Close had been acknowledged by then, so that this one answers it.
    let isAnswer: Bool
  }

  /// A fault for which the other side has to fail the connection (RFC 6455 §7.1.7).
  struct Fault {
    let rule: Rule
    /// Place in the stream.
    let offset: Int
    let time: Timestamp
  }

  /// One side.
  struct Side {
    var close: Close?
    var fault: Fault?
    /// The end of the newest frame that kept the side from sending another, or of its newest data behind the other's
    /// Close.
    var busyUntil = Timestamp.epoch
    /// Pings, and unsolicited pongs.
    var pings = RateWindow()
    var pongs = RateWindow()
    /// The packet with which the direction ended.
    var finish: PacketStamp?
  }

  /// The first Close of either side.
  struct FirstClose {
    let sender: Sender
    let code: UInt16?
    let reason: String?
  }

  var client = Side()
  var server = Side()
  var firstClose: FirstClose?

  /// What one side has done.
  subscript(sender: Sender) -> Side {
    get { sender == .client ? client : server }
    set { if sender == .client { client = newValue } else { server = newValue } }
  }

  /// The packet of the second of both Closes.
  var closedPacket: PacketStamp? {
    guard let one = client.close?.packet, let other = server.close?.packet else { return nil }
    return one.timestamp < other.timestamp ? other : one
  }

  /// Bytes of memory that it takes.
  static let heldBytes = 400
}

/// Counts events in stretches of ten seconds, one behind the other.
///
/// More than a limit in one stretch is more than the limit in ten seconds; a burst on the border of two may pass.
struct RateWindow {
  private var start = Timestamp.epoch
  private var count: Int32 = 0

  /// Counts an event, and says how many the stretch at hand has now.
  mutating func add(at time: Timestamp) -> Int {
    if count == 0 || time < start || time.nanoseconds(since: start) >= 10_000_000_000 {
      start = time
      count = 0
    }
    if count < .max { count += 1 }
    return Int(count)
  }
}
