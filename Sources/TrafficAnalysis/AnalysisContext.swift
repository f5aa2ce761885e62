internal import NetworkTypes
internal import WebSocketDecoding

/// What the analyzers of one worker share.
final class AnalysisContext {
  let options: AnalysisOptions
  let sink: any EventSink
  let statistics = Statistics()
  let workspace: PayloadWorkspace
  let memory: MemoryAccount
  /// What is remembered of other connections.
  let acrossConnections: AcrossConnections
  private var freeProgress: [FrameProgress] = []
  private var names: Set<ByteKey> = []

  private static let keptProgress = 32
  private static let keptNames = 4096
  private static let longestName = 256

  init(options: AnalysisOptions, sink: any EventSink) {
    self.options = options
    self.sink = sink
    let memory = MemoryAccount(limits: options.limits)
    self.memory = memory
    // An eighth of the memory at most, so that windows are set aside before connections are dropped.
    let room = memory.limit / 8 / PayloadWorkspace.inflaterBytes
    workspace = PayloadWorkspace(inflaters: min(options.limits.inflaters, room), memory: memory)
    acrossConnections = AcrossConnections(limits: options.limits)
  }

  /// What a direction needs inside a frame or a message.
  func takeProgress(
    _ compression: MessageAssembler.Compression, past: MessageAssembler.Past
  ) -> FrameProgress {
    guard let free = freeProgress.popLast() else {
      return FrameProgress(
        MessageAssembler(compression: compression, workspace: workspace, limits: limits, past: past))
    }
    free.assembler.takeOver(compression, limits: limits, past: past)
    return free
  }

  /// Takes back what `takeProgress` gave, once it is at rest.
  func giveBack(_ progress: FrameProgress) {
    if freeProgress.count < Self.keptProgress { freeProgress.append(progress) }
  }

  /// The same bytes, in memory that others may share who have them too: many connections go to one host.
  func shared(_ name: [UInt8]) -> [UInt8] {
    guard name.count <= Self.longestName else { return name }
    if let place = names.firstIndex(of: ByteKey(name)) { return names[place].bytes }
    if names.count >= Self.keptNames { names = [] }
    // A copy has no room to grow.
    let copy = name.map { $0 }
    names.insert(ByteKey(copy))
    return copy
  }

  var limits: Limits { options.limits }
}
