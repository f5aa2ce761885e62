internal import Synchronization

/// What a capture thread has counted so far, for others to read.
public final class CaptureCounts: Sendable {
  private let received = Atomic(0)
  private let kernel = Atomic(0)
  private let interface = Atomic(-1)
  private let tool = Atomic(0)

  /// Nothing so far.
  public init() {}

  /// Packets that passed the filter, as the kernel counts: those that it dropped are among them.
  public var receivedPackets: Int { received.load(ordering: .relaxed) }
  /// Packets that the kernel dropped, for its buffer was full.
  public var kernelDrops: Int { kernel.load(ordering: .relaxed) }
  /// Packets that the interfaces dropped, for the kernel did not fetch them in time; `nil` where none tells.
  public var interfaceDrops: Int? {
    let count = interface.load(ordering: .relaxed)
    return count >= 0 ? count : nil
  }
  /// Packets that this program dropped, for its own buffer was full.
  public var toolDrops: Int { tool.load(ordering: .relaxed) }

  func set(received: Int, kernelDrops: Int, toolDrops: Int) {
    self.received.store(received, ordering: .relaxed)
    kernel.store(kernelDrops, ordering: .relaxed)
    tool.store(toolDrops, ordering: .relaxed)
  }

  func set(interfaceDrops: Int) { interface.store(interfaceDrops, ordering: .relaxed) }
}
