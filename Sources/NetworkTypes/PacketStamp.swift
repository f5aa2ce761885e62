/// Which packet: its number and time, as records give them.
///
/// Each connection keeps two of them, so that number and file share a word.
public struct PacketStamp: Sendable, Hashable {
  /// The packet's time.
  public var timestamp: Timestamp
  /// The number in the higher 44 bits, the file in the lower 20.
  @usableFromInline let place: UInt64

  @usableFromInline static let fileBits: UInt64 = 20
  @usableFromInline static let mostFiles: UInt64 = 1 << fileBits
  @usableFromInline static let largestNumber: UInt64 = 1 << (64 - fileBits) - 1

  /// The stamp of a packet.
  ///
  /// - Parameters:
  ///   - timestamp: The packet's time.
  ///   - number: The 1-based number of the packet within its file, below 2^44: years of a live capture.
  ///   - fileIndex: Index of the packet's file among the inputs, below 2^20: no command line holds more names.
  @inlinable
  public init(timestamp: Timestamp, number: Int, fileIndex: Int) {
    self.timestamp = timestamp
    place =
      min(UInt64(clamping: number), Self.largestNumber) << Self.fileBits
      | min(UInt64(clamping: fileIndex), Self.mostFiles - 1)
  }

  /// The 1-based number of the packet within its file.
  @inlinable public var number: Int { Int(truncatingIfNeeded: place >> Self.fileBits) }

  /// Index of the packet's file among the inputs.
  @inlinable public var fileIndex: Int { Int(truncatingIfNeeded: place & (Self.mostFiles - 1)) }
}
