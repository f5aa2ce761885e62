import NetworkTypes
import PacketCapture
import TestSupport
import Testing

@testable import LiveCapture

/// Batches between the thread that captures and the one that analyzes.
struct PacketRingTests {
  private static func packet(_ number: Int) -> Packet {
    Packet(timestamp: .epoch, bytes: 0..<0, originalLength: 0, linkType: 1, number: number)
  }

  private func batch(_ ring: PacketRing, _ number: Int) throws -> PacketBatch {
    let batch = try #require(ring.takeFree())
    #expect(withSpan([1, 2, 3]) { batch.append($0, Self.packet(number)) })
    return batch
  }

  private func number(_ delivery: PacketRing.Delivery) -> Int? {
    if case .batch(let batch) = delivery { batch.packets.first?.number } else { nil }
  }

  @Test func `batches come out in the order in which they went in`() throws {
    let ring = PacketRing(limit: 3)
    for number in 1...3 { #expect(ring.handOver(try batch(ring, number), isFull: true)) }
    #expect((1...3).map { _ in number(ring.next(waitingMilliseconds: 0)) } == [1, 2, 3])
    guard case .nothing = ring.next(waitingMilliseconds: 0) else { return #expect(Bool(false), "it is empty") }
  }

  @Test func `there are no more batches than the limit, until one is given back empty`() throws {
    let ring = PacketRing(limit: 2)
    #expect(ring.handOver(try batch(ring, 1), isFull: true))
    #expect(ring.handOver(try batch(ring, 2), isFull: true))
    #expect(ring.takeFree() == nil)
    guard case .batch(let first) = ring.next(waitingMilliseconds: 0) else { return #expect(Bool(false)) }
    #expect(ring.takeFree() == nil)
    ring.giveBack(first)
    #expect(try #require(ring.takeFree()).packets.isEmpty)
  }

  @Test func `one that is not full is taken only where nothing else waits`() throws {
    let ring = PacketRing(limit: 3)
    #expect(ring.handOver(try batch(ring, 1), isFull: false))
    let second = try batch(ring, 2)
    #expect(!ring.handOver(second, isFull: false))
    #expect(number(ring.next(waitingMilliseconds: 0)) == 1)
    #expect(ring.handOver(second, isFull: false))
  }

  @Test func `the end comes after what was handed over`() throws {
    let ring = PacketRing(limit: 2)
    #expect(ring.handOver(try batch(ring, 1), isFull: false))
    ring.finish()
    #expect(number(ring.next(waitingMilliseconds: 0)) == 1)
    guard case .ended = ring.next(waitingMilliseconds: 0) else { return #expect(Bool(false), "it is over") }
  }

  @Test func `a batch takes packets while there is room, and any packet while it is empty`() {
    let batch = PacketBatch(capacity: 100)
    let bytes = (0..<60).map { UInt8($0) }
    #expect(withSpan(bytes) { batch.append($0, Self.packet(1)) })
    #expect(!withSpan(bytes) { batch.append($0, Self.packet(2)) })
    #expect(withSpan(Array(bytes[..<40])) { batch.append($0, Self.packet(2)) })
    #expect(batch.packets.map(\.bytes) == [0..<60, 60..<100])
    batch.removeAll()
    #expect(withSpan([UInt8](repeating: 7, count: 5000)) { batch.append($0, Self.packet(3)) })
    #expect(batch.withBytes { $0.byteCount } >= 5000)
  }
}
