internal import NetworkTypes

/// Finds slots by the hash of a flow key: a table of one word an entry, so that few cache lines are touched a packet.
///
/// Keys stand with their connections, which are looked at anyway. The hash is seeded anew in each process, so that
/// nobody can choose ports that collide.
struct FlowIndex {
  /// A key's hash under this index's seeds.
  struct Hash: Equatable {
    fileprivate let value: UInt32
  }

  /// Hash in the high half, slot plus one in the low half; 0 is empty.
  ///
  /// Probed linearly, at most half full.
  private var entries = [UInt64](repeating: 0, count: 64)
  private(set) var count = 0
  private let seeds: (UInt64, UInt64)

  /// Bytes of memory that the table takes, with the one that it grew from, which was in use meanwhile.
  var heldBytes: Int { entries.count * (8 + 4) }

  init() {
    var generator = SystemRandomNumberGenerator()
    seeds = (generator.next() | 1, generator.next() | 1)
  }

  /// The hash of a key.
  func hash(of key: FlowKey) -> Hash {
    let lower = key.lower.address.value
    let upper = key.upper.address.value
    let ports = UInt64(key.lower.port) << 48 | UInt64(key.upper.port) << 32
    var mixed = Self.mix(UInt64(truncatingIfNeeded: lower) ^ seeds.0, UInt64(truncatingIfNeeded: upper) ^ seeds.1)
    if key.lower.address.isIPv6 || key.upper.address.isIPv6 {
      mixed ^= Self.mix(
        UInt64(truncatingIfNeeded: lower >> 64) ^ seeds.1, UInt64(truncatingIfNeeded: upper >> 64) ^ seeds.0)
    }
    if key.scope != 0 { mixed ^= Self.mix(key.scope ^ seeds.0, seeds.1) }
    return Hash(value: UInt32(truncatingIfNeeded: Self.mix(mixed ^ ports, seeds.0 &+ seeds.1) >> 16))
  }

  /// The slot with this hash that `isMatch` accepts.
  func slot(for hash: Hash, where isMatch: (Int) -> Bool) -> Int? {
    var index = home(of: hash.value)
    while entries[index] != 0 {
      let entry = entries[index]
      let slot = Int(truncatingIfNeeded: entry & 0xffff_ffff) - 1
      if UInt32(truncatingIfNeeded: entry >> 32) == hash.value, isMatch(slot) { return slot }
      index = (index + 1) & (entries.count - 1)
    }
    return nil
  }

  /// Adds a slot, which must not be there.
  mutating func insert(_ slot: Int, _ hash: Hash) {
    if (count + 1) * 2 > entries.count { grow() }
    put(UInt64(hash.value) << 32 | UInt64(slot + 1))
    count += 1
  }

  /// Takes a slot out.
  mutating func remove(_ slot: Int, _ hash: Hash) {
    let wanted = UInt64(hash.value) << 32 | UInt64(slot + 1)
    let mask = entries.count - 1
    var hole = home(of: hash.value)
    while entries[hole] != wanted {
      guard entries[hole] != 0 else { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    // Entries behind the hole move up, unless that would put one before its home.
    var index = hole
    while true {
      entries[hole] = 0
      repeat {
        index = (index + 1) & mask
        guard entries[index] != 0 else { return }
      } while (index - home(of: UInt32(truncatingIfNeeded: entries[index] >> 32))) & mask < (index - hole) & mask
      entries[hole] = entries[index]
      hole = index
    }
  }

  private func home(of hash: UInt32) -> Int { Int(hash) & (entries.count - 1) }

  private mutating func put(_ entry: UInt64) {
    var index = home(of: UInt32(truncatingIfNeeded: entry >> 32))
    while entries[index] != 0 { index = (index + 1) & (entries.count - 1) }
    entries[index] = entry
  }

  private mutating func grow() {
    let old = entries
    entries = [UInt64](repeating: 0, count: old.count * 2)
    for entry in old where entry != 0 { put(entry) }
  }

  /// Multiplies to 128 bits and folds.
  private static func mix(_ one: UInt64, _ other: UInt64) -> UInt64 {
    let product = one.multipliedFullWidth(by: other)
    return product.high ^ product.low
  }
}
