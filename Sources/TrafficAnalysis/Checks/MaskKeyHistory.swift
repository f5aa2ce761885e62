/// The newest masking keys of a client, and the patterns that they may make.
///
/// A table of buckets, each a cache line of eight keys with the numbers of their frames, that grows with the keys. Where
/// a bucket is full its oldest key is forgotten, which happens to one in a thousand before it is too old anyway.
final class MaskKeyHistory {
  private static let bucketKeys = 8
  private static let mostBuckets = 512
  /// Keys in a row that make a pattern.
  private static let patternKeys = 5
  /// Frames after which too old keys are cleared away, before their numbers come again.
  private static let sweepFrames = 16384

  /// The keys of all buckets, and the numbers of their frames, modulo 2^16; 0 is no key.
  private var keys = [UInt32](repeating: 0, count: MaskKeyHistory.bucketKeys)
  private var numbers = [UInt16](repeating: 0, count: MaskKeyHistory.bucketKeys)
  /// Keys that were ever put into each bucket, modulo 2^8, which says where the next one goes.
  private var fills: [UInt8] = [0]
  private var bucketMask: UInt32 = 0
  private let lookback: Int
  private var frames = 0
  private var zeros = 0
  private var repetitions = 0
  private var isPatternTold = false
  /// What the newest key showed, if it showed anything.
  private(set) var found = MaskKeyChecks.Found(ordinal: 0)

  private var last: UInt32 = 0
  private var difference: UInt32 = 0
  private var swappedDifference: UInt32 = 0
  /// How many keys in a row have that difference, in network order and swapped; differ in their last byte only, in their
  /// first byte only.
  private var steps: Int32 = 0
  private var swappedSteps: Int32 = 0
  private var sameHigh: Int32 = 0
  private var sameLow: Int32 = 0
  /// How many keys in a row have few different bytes, as far as their lowest five bits tell, and which those are.
  private var poor: Int32 = 0
  private var poorBits: UInt32 = 0
  /// The keys of that row, of which the last five count.
  private var newest: InlineArray<8, UInt32> = [0, 0, 0, 0, 0, 0, 0, 0]

  /// A history that looks back over so many frames, at most 16,384.
  init(lookback: Int) { self.lookback = min(lookback, Self.sweepFrames) }

  /// Bytes of memory that are held.
  var heldBytes: Int { 384 + fills.count * (Self.bucketKeys * 6 + 1) }

  /// Takes the key of the next frame, and says whether it shows anything, which is then in `found`.
  @inline(__always)
  func take(_ key: UInt32) -> Bool {
    frames &+= 1
    let back = key == 0 ? nil : remember(key)
    let hasPattern = !isPatternTold && makesPattern(key)
    last = key
    guard key == 0 || back != nil || hasPattern else { return false }
    note(key, back: back, hasPattern: hasPattern)
    return true
  }

  /// Takes the first three keys, and says whether the third shows anything, which is then in `found`.
  func begin(_ first: UInt32, _ second: UInt32, third: UInt32) -> Bool {
    _ = take(first)
    _ = take(second)
    let isFound = take(third)
    // The same key again and again is told as that.
    guard first != second, second != third, first != third else { return isFound }
    if !isFound { found = MaskKeyChecks.Found(ordinal: 3) }
    found.beginning = [first, second, third]
    return true
  }

  @inline(never)
  private func note(_ key: UInt32, back: Int?, hasPattern: Bool) {
    found = MaskKeyChecks.Found(ordinal: frames)
    if key == 0 {
      zeros += 1
      found.zeros = zeros
    }
    if let back {
      repetitions += 1
      found.repeated = back
      found.repetitions = repetitions
    }
    if hasPattern {
      isPatternTold = true
      found.pattern = pattern
    }
  }

  // MARK: - Repetition

  /// Puts a key into the table, and says how many frames ago it was used, if it was within the lookback.
  @inline(__always)
  private func remember(_ key: UInt32) -> Int? {
    if frames > fills.count &* 4, fills.count < Self.mostBuckets { rebuild(bucketCount: fills.count * 2) }
    // Too old keys are cleared away before their numbers would seem new again.
    if frames % Self.sweepFrames == 0 { rebuild(bucketCount: fills.count) }
    let bucket = bucket(of: key)
    let base = bucket &* Self.bucketKeys
    let number = UInt16(truncatingIfNeeded: frames)
    for place in base..<base &+ Self.bucketKeys where keys[place] == key {
      let back = Int(number &- numbers[place])
      numbers[place] = number
      return back <= lookback ? back : nil
    }
    insert(key, number, into: bucket)
    return nil
  }

  @inline(__always)
  private func bucket(of key: UInt32) -> Int {
    // Keys may be a counter: their bits are mixed.
    let mixed = key &* 0x9e37_79b1
    return Int((mixed ^ mixed >> 15) & bucketMask)
  }

  @inline(__always)
  private func insert(_ key: UInt32, _ number: UInt16, into bucket: Int) {
    let place = bucket &* Self.bucketKeys &+ Int(fills[bucket] & 7)
    keys[place] = key
    numbers[place] = number
    fills[bucket] &+= 1
  }

  /// Makes a table of so many buckets of those keys that are not too old.
  @inline(never)
  private func rebuild(bucketCount: Int) {
    let (oldKeys, oldNumbers, oldFills) = (keys, numbers, fills)
    let number = UInt16(truncatingIfNeeded: frames)
    bucketMask = UInt32(bucketCount - 1)
    // The new arrays are filled as variables: as the object's own, each would be looked at anew for each key.
    var keys = [UInt32](repeating: 0, count: bucketCount * Self.bucketKeys)
    var numbers = [UInt16](repeating: 0, count: bucketCount * Self.bucketKeys)
    var fills = [UInt8](repeating: 0, count: bucketCount)
    for bucket in oldFills.indices {
      // The oldest first, so that it goes first again.
      for step in 0..<Self.bucketKeys {
        let place = bucket &* Self.bucketKeys &+ (Int(oldFills[bucket]) &+ step) & 7
        let key = oldKeys[place]
        guard key != 0, Int(number &- oldNumbers[place]) <= lookback else { continue }
        let newBucket = self.bucket(of: key)
        let newPlace = newBucket &* Self.bucketKeys &+ Int(fills[newBucket] & 7)
        keys[newPlace] = key
        numbers[newPlace] = oldNumbers[place]
        fills[newBucket] &+= 1
      }
    }
    self.keys = keys
    self.numbers = numbers
    self.fills = fills
  }

  // MARK: - Patterns

  /// Whether the newest keys make a pattern with this one.
  @inline(__always)
  private func makesPattern(_ key: UInt32) -> Bool {
    guard frames > 1, key != last else {
      restartPatterns(key)
      return false
    }
    let step = key &- last
    steps = step == difference ? steps &+ 1 : 2
    difference = step
    let swapped = key.byteSwapped &- last.byteSwapped
    swappedSteps = swapped == swappedDifference ? swappedSteps &+ 1 : 2
    swappedDifference = swapped
    let change = key ^ last
    sameHigh = change < 0x100 ? sameHigh &+ 1 : 1
    sameLow = change & 0xff_ffff == 0 ? sameLow &+ 1 : 1
    let bits = Self.bits(of: key)
    if (poorBits | bits).nonzeroBitCount <= Self.fewBytes {
      poor &+= 1
      poorBits |= bits
    } else {
      poor = 1
      poorBits = bits
    }
    newest[Int(poor & 7)] = key
    let longest = max(max(steps, swappedSteps), max(max(sameHigh, sameLow), poor))
    return longest >= Self.patternKeys && pattern != nil
  }

  /// Equal keys are a repetition, and begin each pattern anew.
  @inline(never)
  private func restartPatterns(_ key: UInt32) {
    (steps, swappedSteps, sameHigh, sameLow, poor) = (1, 1, 1, 1, 1)
    difference = 0
    swappedDifference = 0
    poorBits = Self.bits(of: key)
    newest[1] = key
  }

  /// The pattern, in words.
  private var pattern: String? {
    let enough = Self.patternKeys
    if steps >= enough {
      return "\(steps) keys in a row, each \(Int32(bitPattern: difference)) more than the one before"
    }
    if swappedSteps >= enough {
      return "\(swappedSteps) keys in a row, each \(Int32(bitPattern: swappedDifference)) more in little-endian order"
    }
    if sameHigh >= enough { return "\(sameHigh) keys in a row that differ in the last byte only" }
    if sameLow >= enough { return "\(sameLow) keys in a row that differ in the first byte only" }
    guard poor >= enough else { return nil }
    // Five bits told so far; now all of them must.
    var bytes: Set<UInt8> = []
    for back in 0..<Int32(enough) {
      let key = newest[Int((poor &- back) & 7)]
      for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.insert(UInt8(truncatingIfNeeded: key >> shift)) }
    }
    return bytes.count <= Self.fewBytes ? "\(enough) keys in a row of \(bytes.count) different bytes" : nil
  }

  /// Twenty random bytes have this few different ones once in 10^15 times.
  private static let fewBytes = 8

  @inline(__always)
  private static func bits(of key: UInt32) -> UInt32 {
    1 << (key & 31) | 1 << (key >> 8 & 31) | 1 << (key >> 16 & 31) | 1 << (key >> 24 & 31)
  }
}
