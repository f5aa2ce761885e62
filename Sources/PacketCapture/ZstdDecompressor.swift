#if Zstd
  internal import CZstd
  internal import NetworkTypes

  /// Takes the frames of a zstd file apart (RFC 8878), skippable ones included.
  @safe
  final class ZstdDecompressor: Decompressor {
    let formatName = "zstd"
    let prefixBytes = 4

    private let context: OpaquePointer
    private let windowBytes: Int
    /// Bytes that the library wants next: at most a block and the next one's header.
    ///
    /// It is given only the block, because what it has decompressed in a call is lost where the call ends at a fault.
    private var wanted = firstBytes

    /// Bytes that the library wants of a new frame.
    private static let firstBytes = 5
    /// Bytes of a block's header (RFC 8878 §3.1.1.2).
    private static let blockHeaderBytes = 3

    /// A decompressor of frames whose window has at most `windowBytes`; `nil` if there is no memory for it.
    init?(windowBytes: Int) {
      guard let context = unsafe ZSTD_createDCtx() else { return nil }
      unsafe self.context = unsafe context
      self.windowBytes = windowBytes
      // 10 to 31 are what every build of the library takes.
      let bits = min(31, max(10, Int.bitWidth - 1 - max(1, windowBytes).leadingZeroBitCount))
      // SAFETY: the context is valid until it is freed in `deinit`.
      _ = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(bits))
    }

    deinit {
      // SAFETY: made above, and used by nobody after this object.
      _ = unsafe ZSTD_freeDCtx(context)
    }

    func begin(_ prefix: RawSpan) -> FrameBeginning {
      guard Compression.mayBegin(prefix, with: Compression.zstdMagic) || Compression.isSkippable(prefix) else {
        return .foreign
      }
      wanted = Self.firstBytes
      return .frame
    }

    @unsafe
    func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressorStep {
      let given = min(
        input.count, wanted > Self.blockHeaderBytes ? wanted - Self.blockHeaderBytes : max(wanted, 1))
      // SAFETY: both buffers are valid during the call, with their counts.
      var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: given, pos: 0)
      var target = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      let result = unsafe ZSTD_decompressStream(context, &target, &source)
      let state: DecompressorStep.State
      if ZSTD_isError(result) != 0 {
        state = .failed(reason(result))
      } else if result == 0 {
        state = .frameEnded
      } else {
        wanted = result
        state = .inFrame
      }
      return unsafe DecompressorStep(consumed: source.pos, produced: target.pos, state: state)
    }

    private func reason(_ result: Int) -> String {
      switch ZSTD_getErrorCode(result) {
      case ZSTD_error_dictionary_wrong:
        return "the zstd data need a dictionary, which is not read: pipe them through 'zstd -dc -D DICTIONARY'"
      case ZSTD_error_frameParameter_windowTooLarge:
        return
          "the zstd data need a window of more than \(windowBytes >> 20) MiB, which is not read: pipe them through "
          + "'zstd -dc --long=31'"
      default:
        // SAFETY: the library gives a constant string.
        return unsafe "the zstd data are damaged (\(String(cString: ZSTD_getErrorName(result))))"
      }
    }
  }
#endif
