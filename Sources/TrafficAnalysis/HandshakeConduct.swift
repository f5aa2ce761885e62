internal import HTTPDecoding
internal import NetworkTypes

/// When and how the parts of a handshake were sent, as far as the packets and the acknowledgements tell.
struct HandshakeConduct {
  /// Bytes that a client sent behind its request while nothing of the answer was captured.
  struct EarlyBytes {
    /// Place of the first of them in the client's stream.
    var offset: Int
    /// How many of them the first segment had.
    var count: Int
    /// When the first of them were captured.
    var time: Timestamp
    /// What of the server's stream the client had acknowledged by then: disorder may have put them before the answer.
    var acknowledged: Int
  }

  /// Packet time in nanoseconds that a request's head may take: no client writes one by hand.
  static let longestHead: Int64 = 15_000_000_000

  /// Packet times of the request's first byte and of the end of its head.
  var requestBegan = Timestamp.epoch
  var requestEnded = Timestamp.epoch
  /// Place behind the request and its body, as far as that came.
  var requestEnd = 0
  /// Whether an earlier request had no complete answer when this one was sent.
  var isPipelined = false
  /// Bytes that did not wait for the answer.
  var early: EarlyBytes?
  /// Whether the end of the stream, or of the capture, stands inside the request's head.
  var isUnfinished = false
  /// Whether it does because the client ended its stream, and first.
  var isUnfinishedByClient = false
  /// Packet time of the answer's first byte.
  var responseBegan = Timestamp.epoch
  /// Place behind the answer's head.
  var responseEnd = 0
  /// Why the bytes that came instead of an answer are none.
  var responseFailure: HTTPFailure?
  /// Whether the request was acknowledged and the server then ended the connection, by FIN or by RST, without one byte.
  var serverLeft: StreamEnd?
  /// Whether the answer is one to no request: the client's stream is known from its first byte to its end.
  var answersNothing = false
}
