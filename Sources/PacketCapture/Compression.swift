internal import NetworkTypes

/// The compressed formats that are read, told by their first bytes.
enum Compression {
  /// RFC 1952.
  case gzip
  /// RFC 8878.
  case zstd
  /// The lz4 frame format 1.6.
  case lz4

  /// The format of what begins with `header`; `nil` for anything else.
  init?(header: RawSpan) {
    if header.hasBytes(of: "\u{1f}", at: 0), header.byte(at: 1) == 0x8b {
      self = .gzip
      return
    }
    switch header.littleEndian(at: 0) as UInt32? {
    case Self.zstdMagic: self = .zstd
    case Self.lz4Magic: self = .lz4
    default: return nil
    }
  }

  /// The first four bytes of a zstd frame (RFC 8878 §3.1.1), as a little-endian number.
  static let zstdMagic: UInt32 = 0xfd2f_b528
  /// Those of an lz4 frame.
  static let lz4Magic: UInt32 = 0x184d_2204

  /// Whether a skippable frame begins here, which zstd (RFC 8878 §3.1.2) and lz4 have alike.
  static func isSkippable(_ header: RawSpan) -> Bool {
    (header.littleEndian(at: 0) as UInt32?).map { $0 & 0xffff_fff0 == 0x184d_2a50 } ?? false
  }

  /// Whether the first bytes of a frame are there, or as many of them as there are bytes.
  static func mayBegin(_ prefix: RawSpan, with magic: UInt32) -> Bool {
    (0..<min(4, prefix.byteCount)).allSatisfy {
      prefix.checkedByte($0) == UInt8(truncatingIfNeeded: magic >> UInt32(8 * $0))
    }
  }

  /// The name in messages.
  var name: String {
    switch self {
    case .gzip: "gzip"
    case .zstd: "zstd"
    case .lz4: "lz4"
    }
  }

  /// Something that takes it apart; `nil` if this build cannot.
  func decompressor(limits: Limits) -> (any Decompressor)? {
    switch self {
    case .gzip: return GzipInflater()
    case .zstd:
      #if Zstd
        return ZstdDecompressor(windowBytes: limits.decompressionWindowBytes)
      #else
        return nil
      #endif
    case .lz4:
      #if LZ4
        return LZ4Decompressor()
      #else
        return nil
      #endif
    }
  }

  /// Why there is no decompressor.
  var refusal: String {
    switch self {
    case .gzip: "is compressed by gzip, and zlib gave no memory for reading it"
    case .zstd: Self.refusal(name, trait: "Zstd", isBuiltIn: Self.hasZstd)
    case .lz4: Self.refusal(name, trait: "LZ4", isBuiltIn: Self.hasLZ4)
    }
  }

  private static func refusal(_ name: String, trait: String, isBuiltIn: Bool) -> String {
    isBuiltIn
      ? "is compressed by \(name), and its library gave no memory for reading it"
      : "is compressed by \(name), which this build does not read (it was made without the package trait \(trait)): "
        + "pipe it through '\(name) -dc'"
  }

  #if Zstd
    private static let hasZstd = true
  #else
    private static let hasZstd = false
  #endif
  #if LZ4
    private static let hasLZ4 = true
  #else
    private static let hasLZ4 = false
  #endif
}
