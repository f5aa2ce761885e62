/// Holds a table's connections by number.
///
/// References are counted by hand, when a connection comes and when it goes: counting them a packet would touch,
/// atomically, a cache line of a connection that is cold, twice a packet.
@safe
final class ConnectionSlots {
  // SAFETY: each reference is retained by `put` and released by `drop`; in between the slot keeps it alive.
  private var references: [Unmanaged<Connection>?]
  private var free: [Int] = []

  init() { unsafe references = [] }

  deinit {
    for slot in 0..<count { drop(slot) }
  }

  /// Slots, with those that are empty.
  ///
  /// Walks go by slot, so that the order never depends on hashing.
  var count: Int { unsafe references.count }

  /// Bytes of memory that the table takes, with the numbers of the slots that are free.
  var heldBytes: Int { unsafe references.capacity * (8 + 8) }

  /// Puts a connection into a free slot.
  func add(_ connection: Connection) -> Int {
    if let slot = free.popLast() {
      put(connection, at: slot)
      return slot
    }
    unsafe references.append(nil)
    put(connection, at: count - 1)
    return count - 1
  }

  /// Puts another connection into a slot.
  func replace(_ slot: Int, by connection: Connection) {
    drop(slot)
    put(connection, at: slot)
  }

  /// Empties a slot.
  func remove(_ slot: Int) {
    drop(slot)
    free.append(slot)
  }

  /// The connection of a slot.
  subscript(_ slot: Int) -> Connection? {
    // SAFETY: what stands in `references` is retained.
    unsafe references[slot]?.takeUnretainedValue()
  }

  /// Calls `body` with the connection of a slot, without counting a reference: nothing may empty the slot meanwhile.
  @inline(__always)
  func with<Result>(_ slot: Int, _ body: (Connection) -> Result) -> Result? {
    // SAFETY: what stands in `references` is retained, and the caller empties no slot during the call.
    unsafe references[slot]?._withUnsafeGuaranteedRef(body)
  }

  /// Asks for the lines of a slot's connection.
  @inline(__always)
  func fetch(_ slot: Int) {
    // SAFETY: the pointer is only turned into a number.
    guard let reference = unsafe references[slot] else { return }
    HotMemory.fetch(unsafe UInt(bitPattern: reference.toOpaque()), lines: 6)
  }

  private func put(_ connection: Connection, at slot: Int) {
    // SAFETY: the slot is empty.
    unsafe references[slot] = Unmanaged.passRetained(connection)
  }

  private func drop(_ slot: Int) {
    // SAFETY: `put` retained what stands in the slot.
    unsafe references[slot]?.release()
    unsafe references[slot] = nil
  }
}
