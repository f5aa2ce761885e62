internal import NetworkTypes

/// Interfaces that are open for capturing, by as many threads as are wanted.
public struct LiveCapture {
  /// What each capture thread has to do.
  public let loops: [CaptureLoop]
  /// What could not be done, but is no reason to stop.
  public let warnings: [String]
  /// The first number of the groups by which several threads or processes share an interface, where they do.
  public let fanoutGroup: UInt16?

  /// Bytes of a capture thread's batches, when all of them are full.
  public static let ringBytes = PacketRing.batchBytes * PacketRing.batchCount

  /// Opens interfaces.
  ///
  /// - Parameters:
  ///   - interfaces: Their names.
  ///   - settings: How they are captured from.
  ///   - threads: How many capture threads share their packets, each taking all packets of its connections.
  ///   - fanoutGroup: The number of the group that several processes join, one more for each further interface.
  ///   - control: Says when the capture is over.
  /// - Throws: Why one of them cannot be captured from.
  public init(
    _ interfaces: [String], _ settings: CaptureSettings, threads: Int = 1, fanoutGroup: UInt16? = nil,
    control: CaptureControl
  ) throws(InterfaceError) {
    var warnings: [String] = []
    var groups = interfaces.indices.map { index in fanoutGroup.map { $0 &+ UInt16(truncatingIfNeeded: index) } }
    var pending: [Opened] = []
    for thread in 0..<max(1, threads) {
      for (index, name) in interfaces.enumerated() {
        let handle = try PcapHandle(name, settings)
        if let warning = handle.warning, thread == 0 { warnings.append("\(name): \(warning)") }
        if threads > 1 || fanoutGroup != nil {
          #if os(Linux)
            groups[index] = try handle.joinFanout(group: groups[index])
          #else
            throw .failed(name, reason: "several threads can share an interface on Linux only")
          #endif
        }
        pending.append(Opened(handle, thread: thread, index: index))
      }
    }
    // Until all had joined, the first ones got packets of the others' connections.
    let startTime = groups.contains { $0 != nil } ? WallClock.now : .epoch
    var sockets = [[CaptureSocket]](repeating: [], count: max(1, threads))
    for opened in pending {
      guard let handle = opened.take() else { continue }
      sockets[opened.thread].append(
        CaptureSocket(
          handle, inputOffset: UInt16(clamping: opened.index), startTime: startTime,
          countsDrops: opened.thread == 0))
    }
    loops = sockets.map { CaptureLoop($0, control) }
    self.warnings = warnings
    self.fanoutGroup = groups.first ?? nil
  }

  /// A handle on its way into its socket; arrays cannot hold what has one owner.
  private final class Opened {
    private var handle: PcapHandle?
    let thread: Int
    let index: Int

    init(_ handle: consuming PcapHandle, thread: Int, index: Int) {
      self.handle = consume handle
      self.thread = thread
      self.index = index
    }

    func take() -> PcapHandle? { handle.take() }
  }
}
