internal import CPcap
public import PacketCapture

/// A filter in libpcap's language (pcap-filter(7)), compiled for each link type that comes.
@safe
public final class CaptureFilter: PacketFilter {
  /// Why an expression is no filter.
  public struct SyntaxError: Error, Sendable, CustomStringConvertible {
    /// The expression.
    public let expression: String
    /// What libpcap says.
    public let reason: String

    /// One sentence for standard error.
    public var description: String { "'\(expression)' is no capture filter: \(reason)" }
  }

  /// The filter's text.
  public let expression: String
  /// Link types whose packets the expression cannot be applied to, with libpcap's reason; none of them passes.
  public private(set) var unsupported: [UInt16: String] = [:]

  private var programs: [UInt16: Program] = [:]
  /// The program used last, as most captures are of one link type.
  private var latest: (linkType: UInt16, program: Program)?

  /// LINKTYPE_ETHERNET.
  private static let ethernet: UInt16 = 1

  /// Compiles `expression` once, so that a mistake is told before anything is read.
  ///
  /// - Parameters:
  ///   - expression: The filter's text.
  ///   - linkType: The link type to try it with, where it is known already.
  /// - Throws: What libpcap says of an expression that is no filter.
  public init(_ expression: String, linkType: UInt16? = nil) throws(SyntaxError) {
    self.expression = expression
    // An expression may suit one link type only ("wlan type mgt"): it is a mistake if it suits none of the usual.
    let candidates: [UInt16] = if let linkType { [linkType] } else { [Self.ethernet, 101, 113, 276, 105, 127] }
    var first: SyntaxError?
    for candidate in candidates {
      do throws(SyntaxError) {
        programs[candidate] = try Program(expression, linkType: candidate)
        return
      } catch {
        if first == nil { first = error }
      }
    }
    if let first { throw first }
  }

  /// Whether a packet passes.
  public func accepts(_ bytes: RawSpan, originalLength: Int, linkType: UInt16) -> Bool {
    if let latest, latest.linkType == linkType {
      return latest.program.accepts(bytes, originalLength: originalLength)
    }
    guard let program = program(for: linkType) else { return false }
    latest = (linkType, program)
    return program.accepts(bytes, originalLength: originalLength)
  }

  private func program(for linkType: UInt16) -> Program? {
    if let program = programs[linkType] { return program }
    guard unsupported[linkType] == nil else { return nil }
    do throws(SyntaxError) {
      let program = try Program(expression, linkType: linkType)
      programs[linkType] = program
      return program
    } catch {
      unsupported[linkType] = error.reason
      return nil
    }
  }

  /// The expression compiled for one link type.
  @safe
  private final class Program {
    private var code = unsafe bpf_program()

    /// Snap length of the imagined capture; it only bounds what an accepting program returns.
    private static let snapLength: Int32 = 262_144

    init(_ expression: String, linkType: UInt16) throws(SyntaxError) {
      guard let handle = unsafe pcap_open_dead(LinkLayerNumbers.linkLayer(of: linkType), Self.snapLength) else {
        throw SyntaxError(expression: expression, reason: "libpcap gives no handle for link type \(linkType)")
      }
      defer { unsafe pcap_close(handle) }
      // libpcap reads a C string: what stands behind a zero byte would be ignored.
      guard !expression.utf8.contains(0) else {
        throw SyntaxError(expression: expression, reason: "it contains a zero byte")
      }
      // SAFETY: the program is freed in deinit, once, and only if it was compiled.
      guard unsafe pcap_compile(handle, &code, expression, 1, Program.unknownNetmask) == 0 else {
        // SAFETY: pcap_geterr gives a NUL-terminated string that lives as long as the handle.
        let reason = unsafe pcap_geterr(handle).map { unsafe String(cString: $0) } ?? "unknown error"
        throw SyntaxError(expression: expression, reason: reason)
      }
    }

    deinit {
      // SAFETY: pcap_freecode accepts a program that was never compiled: it is all zeros.
      unsafe pcap_freecode(&code)
    }

    /// PCAP_NETMASK_UNKNOWN, which is a macro with a cast.
    private static let unknownNetmask: UInt32 = 0xffff_ffff

    func accepts(_ bytes: RawSpan, originalLength: Int) -> Bool {
      var header = pcap_pkthdr()
      header.caplen = UInt32(clamping: bytes.byteCount)
      header.len = UInt32(clamping: originalLength)
      return unsafe bytes.withUnsafeBytes { (buffer) -> Bool in
        // An empty packet has no address; the program reads nothing of it, as all its loads compare with caplen.
        guard let base = buffer.baseAddress else {
          var nothing: UInt8 = 0
          return unsafe pcap_offline_filter(&code, &header, &nothing) != 0
        }
        // SAFETY: the program's loads are checked by libpcap against caplen, which is the buffer's count.
        return unsafe pcap_offline_filter(&code, &header, base.assumingMemoryBound(to: UInt8.self)) != 0
      }
    }
  }
}
