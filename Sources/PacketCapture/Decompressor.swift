internal import NetworkTypes

/// Takes a compressed stream apart that consists of frames (gzip calls them members), one after the other.
///
/// It does no reading and keeps no input: ``CompressedFile`` brings that, and asks it frame by frame.
protocol Decompressor: AnyObject {
  /// The format's name in messages.
  var formatName: String { get }
  /// Bytes that ``begin(_:)`` wants to see.
  var prefixBytes: Int { get }

  /// What stands where a frame may begin, by at least one byte of it, and ``prefixBytes`` unless the file ends before.
  func begin(_ prefix: RawSpan) -> FrameBeginning

  /// Decompresses some of `input` into `output`, neither of which need be used up.
  ///
  /// What was damaged comes after everything that could be given out before it.
  // SAFETY: whoever calls it lends both buffers for the call, and nobody keeps them.
  @unsafe func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressorStep
}

/// What stands where a frame may begin.
enum FrameBeginning {
  /// A frame, or something that may become one.
  case frame
  /// A byte that means nothing.
  case padding
  /// Something that is not of the format.
  case foreign
  /// A frame that cannot be read, and why.
  case refused(String)
}

/// What one call of a decompressor did.
struct DecompressorStep {
  /// Bytes of the input that are dealt with.
  var consumed: Int
  /// Bytes of the output that were written.
  var produced: Int
  var state: State

  /// Where the decompressor stands.
  enum State {
    /// Inside a frame.
    case inFrame
    /// Behind the end of one.
    case frameEnded
    /// At data that cannot be read, for this reason.
    case failed(String)
  }
}
