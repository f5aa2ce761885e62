/// Decides which packets are analyzed.
public protocol PacketFilter: AnyObject {
  /// Whether a packet passes, which had `originalLength` bytes on the wire.
  func accepts(_ bytes: RawSpan, originalLength: Int, linkType: UInt16) -> Bool
}
