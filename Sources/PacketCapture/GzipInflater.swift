internal import CZlib

/// Inflates the members of a gzip file (RFC 1952), one after the other.
@safe
final class GzipInflater {
  /// What was wrong with the compressed data, once the output is at its end.
  private(set) var fault: String?

  private let file: InputFile
  private let stream: UnsafeMutablePointer<z_stream>
  /// Compressed bytes, of which zlib consumes from `stream.next_in`.
  private let input: UnsafeMutableRawBufferPointer
  private var state = State.inMember

  /// Where in the file the reading stands.
  private enum State {
    /// Inside a member; goes to `betweenMembers` at its end, to `ended` where the data are damaged or end early.
    case inMember
    /// Behind a member; goes to `inMember` where another begins, to `ended` otherwise.
    case betweenMembers
    /// Nothing more comes.
    case ended
  }

  /// Bytes of compressed input read at once.
  private static let inputBytes = 256 << 10

  /// Inflates `file`, of which `prefix` was already read.
  init(file: InputFile, prefix: RawSpan) throws(CaptureError) {
    self.file = file
    unsafe input = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(Self.inputBytes, prefix.byteCount), alignment: 16)
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    unsafe prefix.withUnsafeBytes { unsafe input.copyMemory(from: $0) }
    unsafe stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_in = UInt32(clamping: prefix.byteCount)
    // 15 bits of window, plus 16: a gzip header and trailer, checked by zlib.
    let status = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      throw CaptureError(file: file.name, reason: "cannot inflate: \(zError(status))")
    }
  }

  deinit {
    // SAFETY: the stream was initialized above, by us or by zlib; inflateEnd accepts both.
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
    unsafe input.deallocate()
  }

  /// Inflates as much as fits in `buffer` and the input at hand gives; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CaptureError) -> Int {
    unsafe stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(clamping: buffer.count)
    let room = unsafe Int(stream.pointee.avail_out)
    while true {
      let produced = unsafe room - Int(stream.pointee.avail_out)
      switch state {
      case .ended:
        return produced
      case .betweenMembers:
        if produced == room { return produced }
        // What is already inflated is not held back until a slow writer goes on.
        if unsafe stream.pointee.avail_in == 0, produced > 0 { return produced }
        try beginMember()
      case .inMember:
        if produced == room { return produced }
        if unsafe stream.pointee.avail_in == 0 {
          if produced > 0 { return produced }
          guard try refill() else {
            end("the gzip data end early")
            continue
          }
        }
        inflateSome()
      }
    }
  }

  private func inflateSome() {
    // SAFETY: next_in and next_out point into buffers that are valid during the call, with their counts.
    let status = unsafe inflate(stream, Z_NO_FLUSH)
    switch status {
    case Z_OK, Z_BUF_ERROR:
      // Z_BUF_ERROR only says that no progress was possible; the caller brings input or takes output.
      break
    case Z_STREAM_END:
      state = .betweenMembers
    default:
      let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? zError(status)
      end("the gzip data are damaged (\(message))")
    }
  }

  /// Behind a member: goes on with the next one, or ends.
  ///
  /// Zero bytes are padding, as gzip(1) has it.
  private func beginMember() throws(CaptureError) {
    while true {
      if unsafe stream.pointee.avail_in == 0 {
        guard try refill() else {
          state = .ended
          return
        }
      }
      // SAFETY: avail_in is above zero, so that next_in points to a byte.
      guard let next = unsafe stream.pointee.next_in else { return end("the gzip data end early") }
      if unsafe next.pointee == 0 {
        unsafe stream.pointee.next_in = next + 1
        unsafe stream.pointee.avail_in -= 1
        continue
      }
      guard unsafe next.pointee == 0x1f, unsafe inflateReset(stream) == Z_OK else {
        return end("what follows the gzip data is ignored")
      }
      state = .inMember
      return
    }
  }

  private func end(_ reason: String) {
    fault = reason
    state = .ended
  }

  /// Reads more compressed bytes; false at the end of the file.
  private func refill() throws(CaptureError) -> Bool {
    let count = unsafe try file.read(into: input)
    unsafe stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_in = UInt32(clamping: count)
    return count > 0
  }

  private func zError(_ status: Int32) -> String { "zlib error \(status)" }
}
