/// Hands out batches and uses those again that nobody else holds.
///
/// A batch goes back by being released: its users need not know of the pool. Not thread-safe itself; batches may be
/// released on any thread, as the reference count that tells so is atomic.
final class BatchPool {
  /// Batches kept for another use, at most; more may be in flight, they are then simply freed.
  private static let keptBatches = 32

  private var batches: [PacketBatch] = []

  /// An empty batch of at least `capacity` bytes.
  func take(capacity: Int) -> PacketBatch {
    var index = 0
    while index < batches.count {
      if isKnownUniquelyReferenced(&batches[index]) {
        // One that grew for a huge packet, or was made for other sizes, is given up rather than kept for ever.
        guard batches[index].capacity >= capacity, batches[index].capacity / 4 <= capacity else {
          batches.remove(at: index)
          continue
        }
        let batch = batches[index]
        batch.packets.removeAll(keepingCapacity: true)
        return batch
      }
      index += 1
    }
    let batch = PacketBatch(capacity: capacity)
    if batches.count < Self.keptBatches { batches.append(batch) }
    return batch
  }
}
