internal import CPcap

/// libpcap's DLT_ numbers, which differ from those of captures (LINKTYPE_) where systems had taken a number differently.
///
/// The numbers are those of this system's `<pcap/dlt.h>`.
enum LinkLayerNumbers {
  private static let differing: [(linkType: UInt16, linkLayer: Int32)] = [
    (50, DLT_PPP_SERIAL), (51, DLT_PPP_ETHER), (100, DLT_ATM_RFC1483), (101, DLT_RAW), (102, DLT_SLIP_BSDOS),
    (103, DLT_PPP_BSDOS), (104, DLT_C_HDLC), (106, DLT_ATM_CLIP), (107, DLT_FRELAY), (108, DLT_LOOP), (109, DLT_ENC),
  ]

  /// The DLT_ number of a LINKTYPE_ number.
  static func linkLayer(of linkType: UInt16) -> Int32 {
    differing.first { $0.linkType == linkType }?.linkLayer ?? Int32(linkType)
  }

  /// The LINKTYPE_ number of a DLT_ number.
  static func linkType(of linkLayer: Int32) -> UInt16 {
    differing.first { $0.linkLayer == linkLayer }?.linkType ?? UInt16(clamping: linkLayer)
  }
}
