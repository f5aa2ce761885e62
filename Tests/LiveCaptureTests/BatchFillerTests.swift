import NetworkTypes
import PacketCapture
import TestSupport
import Testing

@testable import LiveCapture

/// What the capture thread does with packets: it never waits, drops what finds no room, and keeps their order.
struct BatchFillerTests {
  private func take(_ filler: BatchFiller, second: Int64, bytes: Int = 100) {
    withSpan([UInt8](repeating: 1, count: bytes)) {
      filler.take($0, seconds: second, ticks: 5, originalLength: bytes)
    }
  }

  @Test func `a packet that finds no batch is dropped and counted`() {
    let ring = PacketRing(limit: 2)
    let filler = BatchFiller(ring, CaptureControl())
    // Nobody takes anything: two batches are filled.
    let each = 10_000
    let fitting = PacketRing.batchBytes / each * 2
    for second in 1...(fitting + 7) { take(filler, second: Int64(second), bytes: each) }
    #expect(filler.dropped == 7)
    guard case .batch(let first) = ring.next(waitingMilliseconds: 0) else { return #expect(Bool(false)) }
    #expect(first.packets.map(\.number) == Array(1...fitting / 2))
    ring.giveBack(first)
    take(filler, second: 1000)
    filler.finish()
    #expect(filler.dropped == 7)
    var numbers: [Int] = []
    while case .batch(let batch) = ring.next(waitingMilliseconds: 0) { numbers += batch.packets.map(\.number) }
    // The number says that packets were dropped before it.
    #expect(numbers == Array(fitting / 2 + 1...fitting) + [fitting + 8])
  }

  @Test func `times are nanoseconds, whatever the header counts`() {
    let ring = PacketRing(limit: 1)
    let filler = BatchFiller(ring, CaptureControl())
    filler.nanosecondsPerTick = 1000
    take(filler, second: 7)
    filler.nanosecondsPerTick = 1
    take(filler, second: 7)
    filler.endRound()
    guard case .batch(let batch) = ring.next(waitingMilliseconds: 0) else { return #expect(Bool(false)) }
    #expect(batch.packets.map(\.timestamp.nanoseconds) == [7_000_005_000, 7_000_000_005])
  }

  @Test func `no more packets are taken than are wanted`() {
    let ring = PacketRing(limit: 1)
    let control = CaptureControl(packetLimit: 3)
    let filler = BatchFiller(ring, control)
    for second in 1...5 { take(filler, second: Int64(second)) }
    #expect(control.hasReachedLimit)
    filler.finish()
    guard case .batch(let batch) = ring.next(waitingMilliseconds: 0) else { return #expect(Bool(false)) }
    #expect(batch.packets.count == 3 && filler.dropped == 0)
  }

  @Test func `the first time to stop counts`() {
    let control = CaptureControl()
    #expect(control.stopTime == nil)
    control.stop(at: Timestamp(nanoseconds: 5))
    control.stop(at: Timestamp(nanoseconds: 9))
    #expect(control.stopTime == Timestamp(nanoseconds: 5))
  }
}
