internal import CZlib
internal import NetworkTypes

/// Inflates the members of a gzip file (RFC 1952), one after the other.
@safe
final class GzipInflater: Decompressor {
  let formatName = "gzip"
  let prefixBytes = 1

  private let stream: UnsafeMutablePointer<z_stream>

  /// An inflater; `nil` if there is no memory for it.
  init?() {
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 bits of window, plus 16: a gzip header and trailer, checked by zlib.
    guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return nil
    }
  }

  deinit {
    // SAFETY: the stream was initialized above, by us or by zlib; inflateEnd accepts both.
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// A member, or zero bytes, which are padding, as gzip(1) has it.
  func begin(_ prefix: RawSpan) -> FrameBeginning {
    let first = prefix.checkedByte(0)
    if first == 0 { return .padding }
    // SAFETY: the stream lives as long as this object.
    guard first == 0x1f, unsafe inflateReset(stream) == Z_OK else { return .foreign }
    return .frame
  }

  @unsafe
  func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressorStep {
    let given = UInt32(clamping: input.count)
    let room = UInt32(clamping: output.count)
    // zlib declares its input mutable, and does not write to it.
    unsafe stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)?
      .assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_in = given
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = room
    // SAFETY: next_in and next_out point into buffers that are valid during the call, with their counts.
    let status = unsafe inflate(stream, Z_NO_FLUSH)
    let state: DecompressorStep.State
    switch status {
    // Z_BUF_ERROR only says that no progress was possible; the caller brings input or takes output.
    case Z_OK, Z_BUF_ERROR: state = .inFrame
    case Z_STREAM_END: state = .frameEnded
    default:
      let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "zlib error \(status)"
      state = .failed("the gzip data are damaged (\(message))")
    }
    return unsafe DecompressorStep(
      consumed: Int(given - stream.pointee.avail_in), produced: Int(room - stream.pointee.avail_out), state: state)
  }
}
