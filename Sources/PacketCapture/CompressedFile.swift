internal import NetworkTypes

/// The decompressed content of a file, frame by frame.
@safe
final class CompressedFile {
  /// What was wrong with the compressed data, once the output is at its end.
  private(set) var fault: String?
  /// The format's name in messages.
  var formatName: String { decompressor.formatName }

  private let file: InputFile
  private let decompressor: any Decompressor
  /// Compressed bytes, of which those in `unread` are still to be dealt with.
  private let input: UnsafeMutableRawBufferPointer
  private var unread: Range<Int>
  private var state = State.betweenFrames

  /// Where in the file the reading stands.
  private enum State {
    /// Inside a frame; goes to `betweenFrames` at its end, to `ended` where the data are damaged or end early.
    case inFrame
    /// Before or behind a frame; goes to `inFrame` where one begins, to `ended` otherwise.
    case betweenFrames
    /// Nothing more comes.
    case ended
  }

  /// Bytes of compressed input read at once.
  private static let inputBytes = 256 << 10

  /// Decompresses `file`, of which `prefix` was already read.
  init(file: InputFile, prefix: RawSpan, decompressor: any Decompressor) {
    self.file = file
    self.decompressor = decompressor
    unsafe input = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(Self.inputBytes, prefix.byteCount), alignment: 16)
    unread = 0..<prefix.byteCount
    unsafe prefix.withUnsafeBytes { unsafe input.copyMemory(from: $0) }
  }

  deinit {
    // SAFETY: allocated above, and used by nobody after this object.
    unsafe input.deallocate()
  }

  /// Decompresses as much as fits in `output` and the input at hand gives; 0 at the end.
  ///
  /// What is already decompressed is not held back until a slow writer goes on.
  func read(into output: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int {
    var produced = 0
    while produced < output.count {
      switch state {
      case .ended:
        return produced
      case .betweenFrames:
        if produced > 0, unread.count < decompressor.prefixBytes { return produced }
        try beginFrame()
      case .inFrame:
        // SAFETY: both slices lie in buffers that are valid during the call, and trap beyond them.
        let step = unsafe decompressor.step(
          UnsafeRawBufferPointer(rebasing: input[unread]),
          into: UnsafeMutableRawBufferPointer(rebasing: output[produced...]))
        let consumed = min(step.consumed, unread.count)
        unread = unread.lowerBound + consumed..<unread.upperBound
        produced += step.produced
        switch step.state {
        case .frameEnded: state = .betweenFrames
        case .failed(let reason): end(reason)
        case .inFrame:
          guard consumed == 0, step.produced == 0 else { continue }
          if produced > 0 { return produced }
          if try !refill() { end("the \(formatName) data end early") }
        }
      }
    }
    return produced
  }

  /// Goes on with the next frame, or ends.
  private func beginFrame() throws(CaptureError) {
    while unread.count < decompressor.prefixBytes {
      if try !refill() { break }
    }
    guard !unread.isEmpty else {
      state = .ended
      return
    }
    // SAFETY: the slice traps beyond the buffer, which is valid during the call.
    switch unsafe decompressor.begin(UnsafeRawBufferPointer(rebasing: input[unread]).bytes) {
    case .frame: state = .inFrame
    case .padding: unread.removeFirst()
    case .foreign: end("what follows the \(formatName) data is ignored")
    case .refused(let reason): end(reason)
    }
  }

  private func end(_ reason: String) {
    fault = reason
    state = .ended
  }

  /// Reads more compressed bytes behind those that are there; false at the end of the file.
  ///
  /// It is called only where few bytes are left, so that there is always room.
  private func refill() throws(CaptureError) -> Bool {
    if unread.lowerBound > 0 {
      // SAFETY: the slice traps beyond the buffer; `copyMemory` allows overlap.
      unsafe input.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[unread]))
      unread = 0..<unread.count
    }
    // SAFETY: as above.
    let free = unsafe UnsafeMutableRawBufferPointer(rebasing: input[unread.upperBound...])
    let count = unsafe try file.read(into: free)
    unread = 0..<unread.upperBound + count
    return count > 0
  }
}
