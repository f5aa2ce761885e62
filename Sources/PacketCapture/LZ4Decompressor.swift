#if LZ4
  internal import CLz4
  internal import NetworkTypes

  /// Takes the frames of an lz4 file apart (lz4 frame format 1.6), skippable ones included.
  @safe
  final class LZ4Decompressor: Decompressor {
    let formatName = "lz4"
    /// The magic number and the flags.
    let prefixBytes = 5

    private let context: OpaquePointer
    /// Bytes that the library wants next: at most a block and the next one's header.
    ///
    /// It is given only the block, because what it has decompressed in a call is lost where the call ends at a fault.
    private var wanted = firstBytes

    /// Bytes of the smallest frame header.
    private static let firstBytes = 7
    /// Bytes of a block's header.
    private static let blockHeaderBytes = 4

    /// A decompressor; `nil` if there is no memory for it.
    init?() {
      var made: OpaquePointer?
      guard unsafe LZ4F_isError(LZ4F_createDecompressionContext(&made, UInt32(LZ4F_VERSION))) == 0,
        let context = unsafe made
      else { return nil }
      unsafe self.context = unsafe context
    }

    deinit {
      // SAFETY: made above, and used by nobody after this object.
      _ = unsafe LZ4F_freeDecompressionContext(context)
    }

    /// A frame; one that needs a dictionary says so by the lowest bit of its flags, which the library does not look at.
    func begin(_ prefix: RawSpan) -> FrameBeginning {
      wanted = Self.firstBytes
      if Compression.isSkippable(prefix) { return .frame }
      guard Compression.mayBegin(prefix, with: Compression.lz4Magic) else { return .foreign }
      if let flags = prefix.byte(at: 4), flags & 1 != 0 {
        return .refused("the lz4 data need a dictionary, which is not read: pipe them through 'lz4 -dc -D DICTIONARY'")
      }
      return .frame
    }

    @unsafe
    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressorStep {
      var consumed = min(
        input.count, wanted > Self.blockHeaderBytes ? wanted - Self.blockHeaderBytes : max(wanted, 1))
      var produced = output.count
      // SAFETY: both buffers are valid during the call, with their counts.
      let result = unsafe LZ4F_decompress(
        context, output.baseAddress, &produced, input.baseAddress, &consumed, nil)
      if LZ4F_isError(result) != 0 {
        // SAFETY: the library gives a constant string.
        let name = unsafe String(cString: LZ4F_getErrorName(result))
        return DecompressorStep(consumed: 0, produced: 0, state: .failed("the lz4 data are damaged (\(name))"))
      }
      if result == 0 { return DecompressorStep(consumed: consumed, produced: produced, state: .frameEnded) }
      wanted = result
      return DecompressorStep(consumed: consumed, produced: produced, state: .inFrame)
    }
  }
#endif
