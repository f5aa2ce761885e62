internal import NetworkTypes

/// Tells the formats of files apart by their first bytes.
enum CaptureFormat {
  /// Bytes that the longest look needs.
  static let headerBytes = 28

  /// Why a file that is neither pcap nor pcapng cannot be read.
  ///
  /// It is told by its first bytes, those inside the compression around it if there is one.
  static func refusal(_ header: RawSpan, inside outer: Compression?) -> String {
    let word: UInt32 = header.bigEndian(at: 0) ?? 0
    switch word {
    case 0x0221_4c18:
      return "is compressed by lz4 in its old form, which is not read: pipe it through 'lz4 -dc'"
    case 0xfd37_7a58: return "is compressed by xz, which is not read: pipe it through 'xz -dc'"
    case 0x504b_0304: return "is a zip archive, not a capture file"
    case 0x7f45_4c46: return "is a program, not a capture file"
    case 0x0a0d_0d0a: return "is cut inside its pcapng section header, or that is damaged"
    case 0xa1b2_c3d4, 0xd4c3_b2a1, 0xa1b2_3c4d, 0x4d3c_b2a1, 0xa1b2_cd34, 0x34cd_b2a1:
      return "is cut inside its pcap file header"
    default: break
    }
    if header.hasBytes(of: "BZh", at: 0) {
      return "is compressed by bzip2, which is not read: pipe it through 'bzip2 -dc'"
    }
    if header.hasBytes(of: "snoop\0\0\0", at: 0) {
      return "is a snoop capture, which is not read: convert it with editcap"
    }
    if header.hasBytes(of: "TRSNIFF data    ", at: 0) || header.hasBytes(of: "XCP\0", at: 0) {
      return "is a Network General Sniffer capture, which is not read: convert it with editcap"
    }
    if header.hasBytes(of: "GMBU", at: 0) || header.hasBytes(of: "RTSS", at: 0) {
      return "is a Microsoft Network Monitor capture, which is not read: convert it with editcap"
    }
    if let outer, let inner = Compression(header: header) {
      return outer == inner
        ? "is compressed by \(outer.name) twice" : "is compressed by \(inner.name), then by \(outer.name)"
    }
    if isText(header) { return "is a text file, not a capture file" }
    return "is not a capture file: neither pcap nor pcapng"
  }

  private static func isText(_ header: RawSpan) -> Bool {
    guard header.byteCount > 0 else { return false }
    return (0..<header.byteCount).allSatisfy {
      let byte = header.checkedByte($0)
      return byte >= 0x20 && byte != 0x7f || (0x09...0x0d).contains(byte)
    }
  }
}
