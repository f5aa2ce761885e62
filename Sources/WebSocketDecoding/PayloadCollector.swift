internal import NetworkTypes

/// Gathers the payload of one message or control frame: how long it is, its beginning, and whether it is UTF-8.
struct PayloadCollector {
  private let workspace: PayloadWorkspace
  private let keepLimit: Int
  /// Bytes that are held: a few at least, by which checks know what a message begins as.
  private let heldLimit: Int
  private var buffer: ByteBuffer?
  private var validator = UTF8Validator()
  private var validates = false

  /// Bytes of a payload's beginning that are held even where none are kept for the log.
  private static let beginningBytes = 64

  /// Bytes of payload so far, kept or not; with a hole, those before it.
  private(set) var length = 0
  /// Whether bytes of the payload are missing.
  private(set) var hasHole = false

  init(workspace: PayloadWorkspace, keepLimit: Int) {
    self.workspace = workspace
    self.keepLimit = keepLimit
    heldLimit = max(keepLimit, Self.beginningBytes)
  }

  mutating func begin(validatingText: Bool) {
    discard()
    validates = validatingText
    validator = UTF8Validator()
    length = 0
    hasHole = false
  }

  /// Takes payload as it stood on the wire.
  mutating func append(_ bytes: RawSpan, maskingKey: UInt32?, offset: UInt64) {
    guard !hasHole else { return }
    let count = bytes.byteCount
    if length &+ count <= heldLimit {
      let kept = keptBuffer()
      let start = kept.count
      if let maskingKey {
        Masking.append(bytes, key: maskingKey, offset: offset, to: kept)
      } else {
        kept.append(bytes)
      }
      if validates { kept.withBytes(from: start) { validator.validate($0) } }
      length &+= count
    } else if let maskingKey {
      appendUnmasking(bytes, key: maskingKey, offset: offset)
    } else {
      append(bytes)
    }
  }

  /// Takes payload that needs no unmasking.
  mutating func append(_ bytes: RawSpan) {
    guard !hasHole else { return }
    if validates { validator.validate(bytes) }
    let room = heldLimit - min(length, heldLimit)
    if room > 0 { keptBuffer().append(bytes.extracting(first: room)) }
    length &+= bytes.byteCount
  }

  /// Says that bytes are missing here: nothing behind the hole is kept.
  mutating func markHole() { hasHole = true }

  /// Says that the payload ends here.
  mutating func finish() {
    if validates, !hasHole { validator.finish() }
  }

  /// Where the text stops being UTF-8.
  var textErrorOffset: Int? { validates ? validator.errorOffset : nil }

  /// Whether everything taken is UTF-8 and ends with a whole character.
  var isWholeText: Bool { validates && validator.isComplete }

  /// Whether more of the payload was taken than is kept.
  var isTruncated: Bool { length > keepLimit }

  /// Calls `body` with what is kept of the payload.
  func withKept<Result>(_ body: (RawSpan) -> Result) -> Result {
    (buffer ?? workspace.empty).withBytes { body($0.extracting(first: keepLimit)) }
  }

  /// Calls `body` with the payload's beginning, which is there even where nothing is kept.
  func withBeginning<Result>(_ body: (RawSpan) -> Result) -> Result { (buffer ?? workspace.empty).withBytes(body) }

  /// Bytes of memory that are held for the payload.
  var heldBytes: Int { buffer?.capacity ?? 0 }

  /// Gives the buffer back.
  mutating func discard() {
    if let buffer { workspace.giveBack(buffer) }
    buffer = nil
  }

  private mutating func keptBuffer() -> ByteBuffer {
    if let buffer { return buffer }
    let taken = workspace.takeBuffer()
    buffer = taken
    return taken
  }

  /// Unmasks what is not kept in pieces of bounded size.
  private mutating func appendUnmasking(_ bytes: RawSpan, key: UInt32, offset: UInt64) {
    let scratch = workspace.scratch
    var start = 0
    while start < bytes.byteCount {
      let end = min(start + scratch.capacity, bytes.byteCount)
      scratch.removeAll()
      Masking.append(bytes.extracting(start..<end), key: key, offset: offset &+ UInt64(start), to: scratch)
      scratch.withBytes { append($0) }
      start = end
    }
  }
}
