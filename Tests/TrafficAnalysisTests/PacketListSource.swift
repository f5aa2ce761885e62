import NetworkTypes
import TestSupport

@testable import PacketCapture

/// Packets built in memory, a few in each batch.
final class PacketListSource: PacketSource {
  private var rest: ArraySlice<BuiltPacket>
  private let batchPackets: Int
  private let fileIndex: Int
  private var number = 0

  let damage: [CaptureDamage] = []

  init(_ packets: [BuiltPacket], batchPackets: Int = 7, fileIndex: Int = 0) {
    rest = packets[...]
    self.batchPackets = batchPackets
    self.fileIndex = fileIndex
  }

  func nextBatch() throws(CaptureError) -> PacketRun? {
    let taken = rest.prefix(batchPackets)
    guard !taken.isEmpty else { return nil }
    rest = rest.dropFirst(taken.count)
    let batch = PacketBatch(capacity: taken.reduce(0) { $0 + $1.bytes.count })
    batch.fileIndex = fileIndex
    var used = 0
    for packet in taken {
      try batch.withFreeBytes(after: used) { (room) throws(CaptureError) in room.copyBytes(from: packet.bytes) }
      number += 1
      batch.packets.append(
        Packet(
          timestamp: Timestamp(nanoseconds: packet.nanoseconds), bytes: used..<used + packet.bytes.count,
          originalLength: packet.originalLength, linkType: packet.linkType, number: number))
      used += packet.bytes.count
    }
    return PacketRun(batch: batch, range: 0..<taken.count)
  }
}
