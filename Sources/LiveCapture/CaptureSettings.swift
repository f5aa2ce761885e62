/// How interfaces are captured from.
public struct CaptureSettings: Sendable {
  /// Bytes that are kept of each packet.
  public var snapLength = 262_144
  /// Bytes of the kernel's buffer for each interface and thread.
  ///
  /// The capture thread empties it as packets come: it has to last only while that thread does not run. 16 MiB are 130 ms
  /// of a full gigabit link.
  public var bufferBytes = 16 << 20
  /// Whether packets are wanted that are for other hosts.
  public var isPromiscuous = true
  /// Whether the kernel gives each packet out at once.
  public var isImmediate = false
  /// The filter's text.
  public var filter: String?

  /// Milliseconds that the kernel may gather packets: a record is to be written within 200 ms of its packet.
  static let gatheringMilliseconds: Int32 = 40

  /// The default settings.
  public init() {}
}
