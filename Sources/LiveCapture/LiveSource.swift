internal import NetworkTypes
public import PacketCapture

/// Gives the packets that a capture thread has gathered, and tells of time that passes without any.
public final class LiveSource: PacketSource {
  /// A live capture has no damage: what is missing is counted.
  public var damage: [CaptureDamage] { [] }

  private let ring: PacketRing
  private var given: PacketBatch?
  private let nothing = PacketBatch(capacity: 0)

  /// Milliseconds after which it is told that no packet came.
  private static let waitMilliseconds: Int32 = 50
  /// Nanoseconds for which packets may be under way that were captured.
  private static let delay = Int64(CaptureSettings.gatheringMilliseconds) * 1_000_000 + 160_000_000

  /// The packets of a capture thread.
  public init(_ loop: CaptureLoop) { ring = loop.ring }

  /// Whether no packets wait, so that what they led to should be told now.
  public var isIdle: Bool { ring.isEmpty }

  /// The next packets, or none after a while; `nil` at the end.
  public func nextBatch() -> PacketRun? {
    giveBack()
    switch ring.next(waitingMilliseconds: Self.waitMilliseconds) {
    case .ended:
      return nil
    case .nothing:
      return PacketRun(
        batch: nothing, range: 0..<0, clock: Timestamp(nanoseconds: WallClock.now.nanoseconds &- Self.delay))
    case .batch(let batch):
      given = batch
      return PacketRun(batch: batch, range: 0..<batch.packets.count, clock: batch.packets.last?.timestamp)
    }
  }

  private func giveBack() {
    guard given != nil else { return }
    let isFree = isKnownUniquelyReferenced(&given)
    if isFree, let batch = given {
      ring.giveBack(batch)
    } else {
      ring.forgetOne()
    }
    given = nil
  }
}
