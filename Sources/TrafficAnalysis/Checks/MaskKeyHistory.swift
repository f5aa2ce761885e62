/// The newest masking keys of a client, and the patterns that they may make.
///
/// A table of buckets, each a cache line of eight keys with the numbers of their frames, that grows with the keys. Where
/// a bucket is full its oldest key is forgotten, which happens to one in a hundred before it is too old anyway.
final class MaskKeyHistory {
  private struct Slot {
    var key: UInt32 = 0
    /// The frame's number; 0 is empty.
    var frame: UInt32 = 0
  }

  private static let bucketSlots = 8
  private static let mostBuckets = 256
  /// Keys in a row that make a pattern.
  private static let patternKeys = 5

  private var slots = [Slot](repeating: Slot(), count: MaskKeyHistory.bucketSlots)
  private var bucketMask: UInt32 = 0
  private let lookback: UInt32
  private var frames: UInt32 = 0
  private var zeros = 0
  private var repetitions = 0
  private var isPatternTold = false

  private var last: UInt32 = 0
  private var difference: UInt32 = 0
  private var swappedDifference: UInt32 = 0
  /// How many keys in a row have that difference, in network order and swapped; differ in their last byte only, in their
  /// first byte only; are made of few bytes.
  private var steps = 0
  private var swappedSteps = 0
  private var sameHigh = 0
  private var sameLow = 0
  private var poor = 0
  private var poorBytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  init(lookback: Int) { self.lookback = UInt32(clamping: lookback) }

  /// Bytes of memory that are held.
  var heldBytes: Int { 192 + slots.count * MemoryLayout<Slot>.stride }

  /// Takes the key of the next frame.
  func take(_ key: UInt32) -> MaskKeyChecks.Found? {
    // Numbers are compared only over the lookback; after 2^32 frames all begins anew.
    if frames == .max { restart() }
    frames += 1
    var found: MaskKeyChecks.Found?
    if key == 0 {
      zeros += 1
      found = MaskKeyChecks.Found(ordinal: Int(frames), zeros: zeros)
    } else if let back = remember(key) {
      repetitions += 1
      found = MaskKeyChecks.Found(ordinal: Int(frames), repeated: Int(back), repetitions: repetitions)
    }
    if !isPatternTold, let pattern = pattern(with: key) {
      isPatternTold = true
      found = found ?? MaskKeyChecks.Found(ordinal: Int(frames))
      found?.pattern = pattern
    }
    last = key
    return found
  }

  private func restart() {
    slots = [Slot](repeating: Slot(), count: slots.count)
    frames = 0
  }

  // MARK: - Repetition

  /// Puts a key into the table, and says how many frames ago it was used, if it was within the lookback.
  private func remember(_ key: UInt32) -> UInt32? {
    if frames > (bucketMask + 1) * UInt32(Self.bucketSlots / 2), bucketMask + 1 < UInt32(Self.mostBuckets) { grow() }
    let base = bucket(of: key)
    var oldest = base
    for index in base..<base + Self.bucketSlots {
      let slot = slots[index]
      if slot.key == key, slot.frame != 0 {
        slots[index].frame = frames
        let back = frames - slot.frame
        return back <= lookback ? back : nil
      }
      if slot.frame < slots[oldest].frame { oldest = index }
    }
    slots[oldest] = Slot(key: key, frame: frames)
    return nil
  }

  private func bucket(of key: UInt32) -> Int {
    // Keys may be a counter: their bits are mixed.
    let mixed = key &* 0x9e37_79b1
    return Int((mixed ^ mixed >> 15) & bucketMask) * Self.bucketSlots
  }

  private func grow() {
    let old = slots
    bucketMask = bucketMask * 2 + 1
    slots = [Slot](repeating: Slot(), count: Int(bucketMask + 1) * Self.bucketSlots)
    for slot in old where slot.frame != 0 {
      let base = bucket(of: slot.key)
      if let free = (base..<base + Self.bucketSlots).first(where: { slots[$0].frame == 0 }) { slots[free] = slot }
    }
  }

  // MARK: - Patterns

  /// The pattern that the newest keys make with this one.
  private func pattern(with key: UInt32) -> String? {
    guard frames > 1, key != last else {
      // Equal keys are a repetition, and begin each pattern anew.
      steps = 1
      swappedSteps = 1
      sameHigh = 1
      sameLow = 1
      restartPoor(key)
      return nil
    }
    let step = key &- last
    steps = step == difference ? steps + 1 : 2
    difference = step
    let swapped = key.byteSwapped &- last.byteSwapped
    swappedSteps = swapped == swappedDifference ? swappedSteps + 1 : 2
    swappedDifference = swapped
    sameHigh = key >> 8 == last >> 8 ? sameHigh + 1 : 1
    sameLow = key & 0xff_ffff == last & 0xff_ffff ? sameLow + 1 : 1
    addPoor(key)
    let enough = Self.patternKeys
    if steps >= enough {
      return "\(steps) keys in a row, each \(Int32(bitPattern: difference)) more than the one before"
    }
    if swappedSteps >= enough {
      return "\(swappedSteps) keys in a row, each \(Int32(bitPattern: swappedDifference)) more in little-endian order"
    }
    if sameHigh >= enough { return "\(sameHigh) keys in a row that differ in the last byte only" }
    if sameLow >= enough { return "\(sameLow) keys in a row that differ in the first byte only" }
    if poor >= enough { return "\(poor) keys in a row of \(poorCount) different bytes" }
    return nil
  }

  /// Twenty random bytes have this few different ones once in 10^15 times.
  private static let fewBytes = 8

  private var poorCount: Int {
    poorBytes.0.nonzeroBitCount + poorBytes.1.nonzeroBitCount + poorBytes.2.nonzeroBitCount
      + poorBytes.3.nonzeroBitCount
  }

  private func addPoor(_ key: UInt32) {
    note(key)
    poor += 1
    if poorCount > Self.fewBytes { restartPoor(key) }
  }

  private func restartPoor(_ key: UInt32) {
    poorBytes = (0, 0, 0, 0)
    note(key)
    poor = 1
  }

  private func note(_ key: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      let byte = key >> shift & 0xff
      let bit: UInt64 = 1 << UInt64(byte & 63)
      switch byte >> 6 {
      case 0: poorBytes.0 |= bit
      case 1: poorBytes.1 |= bit
      case 2: poorBytes.2 |= bit
      default: poorBytes.3 |= bit
      }
    }
  }
}
