internal import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One interface as one thread captures from it.
final class CaptureSocket: Sendable {
  let handle: PcapHandle
  /// Which of the named interfaces it is.
  let inputOffset: UInt16
  /// Packets before this are left out.
  let startTime: Timestamp
  /// The interface's own counter of what it dropped, where this thread has to look at it.
  let drops: InterfaceDrops?
  /// The kernel's number of the interface; 0 where it is no ordinary one.
  private let index: UInt32

  var name: String { handle.name }
  var linkType: UInt16 { handle.linkType }

  init(_ handle: consuming PcapHandle, inputOffset: UInt16, startTime: Timestamp, countsDrops: Bool) {
    // SAFETY: the name is lent for the call.
    index = unsafe if_nametoindex(handle.name)
    drops = countsDrops ? InterfaceDrops(interface: handle.name) : nil
    self.handle = handle
    self.inputOffset = inputOffset
    self.startTime = startTime
  }

  /// Whether the interface was taken away.
  ///
  /// One that is only down stays.
  var isGone: Bool {
    guard index > 0 else { return false }
    var name = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
    // SAFETY: the buffer has the size that the call asks for.
    return unsafe if_indextoname(index, &name) == nil
  }
}
