internal import CPcap
internal import CPrivileges
internal import NetworkTypes

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An interface that is open for capturing: owns libpcap's handle, and closes it once.
///
/// libpcap's handles are not for several threads at once; this one goes from the thread that opens it to the one that
/// reads from it.
@safe
struct PcapHandle: ~Copyable, Sendable {
  /// What reading from it came to.
  enum Outcome {
    /// Packets were given, or none were there.
    case packets(Int)
    /// Nothing more can be read, in libpcap's words.
    case failed(String)
  }

  // SAFETY: only the one owner uses the handle, on one thread at a time.
  nonisolated(unsafe) private let handle: OpaquePointer
  /// The interface's name.
  let name: String
  /// The LINKTYPE_ number of its packets.
  let linkType: UInt16
  /// What libpcap could not do, where it goes on nevertheless.
  let warning: String?
  /// The descriptor to wait at; `nil` where there is none.
  let descriptor: Int32?
  private let nanosecondsPerTick: Int64

  /// Opens an interface.
  init(_ name: String, _ settings: CaptureSettings) throws(InterfaceError) {
    var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    // SAFETY: libpcap copies the name, and the buffer has the size that it asks for.
    guard let handle = unsafe pcap_create(name, &message) else {
      throw .failed(name, reason: Self.text(message))
    }
    // SAFETY: the handle was just made; each function takes one that is not active yet.
    unsafe pcap_set_snaplen(handle, Int32(clamping: settings.snapLength))
    unsafe pcap_set_promisc(handle, settings.isPromiscuous && name != Self.anyInterface ? 1 : 0)
    unsafe pcap_set_timeout(handle, CaptureSettings.gatheringMilliseconds)
    unsafe pcap_set_immediate_mode(handle, settings.isImmediate ? 1 : 0)
    unsafe pcap_set_buffer_size(handle, Int32(clamping: settings.bufferBytes))
    // Where there are no nanoseconds, microseconds stay.
    unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
    let status = unsafe pcap_activate(handle)
    guard status >= 0 else {
      let error = unsafe Self.error(status, handle, name)
      unsafe pcap_close(handle)
      throw error
    }
    let warning = status > 0 ? unsafe Self.words(of: status, handle) : nil
    // Packets of `any` then say which interface they came by, and which way.
    if name == Self.anyInterface { unsafe pcap_set_datalink(handle, DLT_LINUX_SLL2) }
    if let filter = settings.filter {
      do throws(InterfaceError) {
        unsafe try Self.set(filter, handle, name)
      } catch {
        unsafe pcap_close(handle)
        throw error
      }
    }
    guard unsafe pcap_setnonblock(handle, 1, &message) == 0 else {
      unsafe pcap_close(handle)
      throw .failed(name, reason: Self.text(message))
    }
    self.name = name
    self.warning = warning
    unsafe self.handle = handle
    linkType = LinkLayerNumbers.linkType(of: unsafe pcap_datalink(handle))
    let descriptor = unsafe pcap_get_selectable_fd(handle)
    self.descriptor = descriptor >= 0 ? descriptor : nil
    nanosecondsPerTick = unsafe pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000
  }

  deinit {
    // SAFETY: the handle is closed nowhere else.
    unsafe pcap_close(handle)
  }

  /// The pseudo-interface of all interfaces together.
  static let anyInterface = "any"

  /// Gives the packets that are there to `filler`, `limit` of them at most.
  func dispatch(_ limit: Int32, to filler: BatchFiller) -> Outcome {
    // SAFETY: the filler lives during the call, and only then is the pointer to it used.
    let context = unsafe Unmanaged.passUnretained(filler).toOpaque().assumingMemoryBound(to: UInt8.self)
    filler.nanosecondsPerTick = nanosecondsPerTick
    let count = unsafe pcap_dispatch(
      handle, limit,
      { context, header, bytes in
        guard let context = unsafe context, let header = unsafe header, let bytes = unsafe bytes else { return }
        // SAFETY: `context` is the filler above; libpcap lends `caplen` bytes for the call.
        let filler = unsafe Unmanaged<BatchFiller>.fromOpaque(context).takeUnretainedValue()
        let head = unsafe header.pointee
        unsafe filler.take(
          UnsafeRawBufferPointer(start: bytes, count: Int(head.caplen)).bytes, seconds: Int64(head.ts.tv_sec),
          ticks: Int64(head.ts.tv_usec), originalLength: Int(head.len))
      }, context)
    return count >= 0 ? .packets(Int(count)) : .failed(unsafe Self.words(of: count, handle))
  }

  /// Packets that passed the filter and packets that the kernel dropped since the handle was opened, modulo 2^32.
  func counts() -> (received: UInt32, dropped: UInt32)? {
    var stats = pcap_stat()
    // SAFETY: `stats` is what the call fills in.
    return unsafe pcap_stats(handle, &stats) == 0 ? (stats.ps_recv, stats.ps_drop) : nil
  }

  #if os(Linux)
    /// Joins the sockets that share the interface's packets, each taking all packets of its connections.
    ///
    /// - Parameter group: The group's number; `nil` makes a new group.
    /// - Returns: The group's number.
    /// - Throws: The system's words, where it does not let it.
    func joinFanout(group: UInt16?) throws(InterfaceError) -> UInt16 {
      let socket = unsafe pcap_fileno(handle)
      var argument = privileges_fanout_by_flow(group ?? 0, group == nil ? 1 : 0)
      var length = socklen_t(MemoryLayout.size(ofValue: argument))
      // SAFETY: the argument is lent with its size, and read or filled in during the call.
      guard unsafe setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument, length) == 0 else {
        throw .failed(name, reason: "cannot share its packets among threads: \(Self.systemWords(errno))")
      }
      if let group { return group }
      guard unsafe getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument, &length) == 0 else {
        throw .failed(name, reason: "cannot share its packets among threads: \(Self.systemWords(errno))")
      }
      return UInt16(truncatingIfNeeded: argument)
    }
  #endif

  // MARK: - libpcap's words

  private static func set(_ filter: String, _ handle: OpaquePointer, _ name: String) throws(InterfaceError) {
    var program = unsafe bpf_program()
    // SAFETY: the program is freed where it was compiled; the kernel and libpcap have copies of it.
    guard unsafe pcap_compile(handle, &program, filter, 1, 0xffff_ffff) == 0 else {
      throw .filter(name, expression: filter, reason: unsafe words(of: PCAP_ERROR, handle))
    }
    defer { unsafe pcap_freecode(&program) }
    guard unsafe pcap_setfilter(handle, &program) == 0 else {
      throw .filter(name, expression: filter, reason: unsafe words(of: PCAP_ERROR, handle))
    }
  }

  private static func error(_ status: Int32, _ handle: OpaquePointer, _ name: String) -> InterfaceError {
    switch status {
    case PCAP_ERROR_NO_SUCH_DEVICE: .unknown(name)
    case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED: .notPermitted(name, program: programPath)
    case PCAP_ERROR_IFACE_NOT_UP: .down(name)
    default: .failed(name, reason: unsafe words(of: status, handle))
    }
  }

  /// What libpcap says: the handle's own words where it has some.
  private static func words(of status: Int32, _ handle: OpaquePointer) -> String {
    // SAFETY: both functions give strings that end with a NUL, and live as long as the handle or for ever.
    let own = unsafe pcap_geterr(handle).map { unsafe String(cString: $0) } ?? ""
    return own.isEmpty ? unsafe String(cString: pcap_statustostr(status)) : own
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func systemWords(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }

  /// The file of this program, which capabilities are given to.
  private static var programPath: String {
    var path = [UInt8](repeating: 0, count: 4096)
    // SAFETY: the buffer has that many bytes.
    let count = unsafe path.withUnsafeMutableBytes {
      guard let start = $0.baseAddress else { return 0 }
      return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), $0.count)
    }
    return count > 0 ? String(decoding: path.prefix(count), as: UTF8.self) : "$(command -v wstap)"
  }
}
