/// What a pcapng file says beside its packets.
///
/// Texts are kept as the bytes that stand there, which ought to be UTF-8.
public struct CaptureMetadata: Sendable {
  /// What wrote a section, from its Section Header Block.
  public struct Section: Sendable, Equatable {
    /// The machine's hardware (`shb_hardware`).
    public var hardware: [UInt8] = []
    /// The operating system (`shb_os`).
    public var operatingSystem: [UInt8] = []
    /// The program (`shb_userappl`).
    public var application: [UInt8] = []
  }

  /// An interface, from its Interface Description Block.
  public struct Interface: Sendable, Equatable {
    /// Index of its section among the file's.
    public var section: Int
    /// Its number in the section.
    public var index: Int
    /// The link type (LINKTYPE_ registry number).
    public var linkType: UInt16
    /// Captured bytes of a packet, at most; 0 for no limit.
    public var snapLength: Int
    /// The interface's name (`if_name`).
    public var name: [UInt8] = []
    /// Its description (`if_description`).
    public var description: [UInt8] = []
    /// The capture filter's text (`if_filter` of kind 0).
    public var filter: [UInt8] = []
    /// The operating system of the machine (`if_os`).
    public var operatingSystem: [UInt8] = []
    /// The resolution octet (`if_tsresol`); 6 means microseconds.
    public var timestampResolution: UInt8 = 6
    /// Seconds added to each time (`if_tsoffset`).
    public var timestampOffset: Int64 = 0
  }

  /// A Decryption Secrets Block.
  public struct Secrets: Sendable, Equatable {
    /// The kind of secrets.
    public var type: UInt32
    /// The secrets, in the kind's own format.
    public var bytes: [UInt8]

    /// The kind of a TLS key log in NSS format ("TLSK").
    public static let tlsKeyLog: UInt32 = 0x544c_534b
  }

  /// An address and its names, from a Name Resolution Block.
  public struct ResolvedName: Sendable, Equatable {
    /// The address: 4 bytes of IPv4, 16 of IPv6, 6 or 8 of a MAC address.
    public var address: [UInt8]
    /// Its names.
    public var names: [[UInt8]]
  }

  /// Counters of an interface, from an Interface Statistics Block.
  ///
  /// Counters that the block lacks are `nil`.
  public struct Statistics: Sendable, Equatable {
    /// Index of the interface's section among the file's.
    public var section: Int
    /// The interface's number in the section.
    public var interface: Int
    /// Packets that arrived at the interface (`isb_ifrecv`).
    public var received: UInt64?
    /// Packets dropped by the interface (`isb_ifdrop`).
    public var droppedByInterface: UInt64?
    /// Packets that passed the filter (`isb_filteraccept`).
    public var accepted: UInt64?
    /// Packets dropped by the operating system (`isb_osdrop`).
    public var droppedBySystem: UInt64?
    /// Packets delivered to the program (`isb_usrdeliv`).
    public var delivered: UInt64?
  }

  /// A comment that someone left in the file.
  public struct Comment: Sendable, Equatable {
    /// What a comment is about.
    public enum Subject: Sendable, Hashable {
      /// The section of this index.
      case section(Int)
      /// The interface of this number, in the section of this index.
      case interface(Int, section: Int)
      /// The packet of this number in the file.
      case packet(Int)
      /// Another block (names, statistics, secrets).
      case other
    }

    /// What it is about.
    public var subject: Subject
    /// Its text.
    public var text: [UInt8]
  }

  /// The file's sections.
  public internal(set) var sections: [Section] = []
  /// The interfaces of all sections.
  public internal(set) var interfaces: [Interface] = []
  /// The secrets, in file order.
  public internal(set) var secrets: [Secrets] = []
  /// Names of addresses.
  public internal(set) var names: [ResolvedName] = []
  /// Counters of interfaces, in file order; of several for one interface the last counts.
  public internal(set) var statistics: [Statistics] = []
  /// The comments, in file order.
  public internal(set) var comments: [Comment] = []
  /// Items that were not kept because `Limits.metadataBytes` or `Limits.blockBytes` was reached.
  public internal(set) var omittedItems = 0

  /// Bytes still to be kept.
  private var room: Int

  init(limit: Int) { room = limit }

  /// Takes room for an item of `bytes` and counts it as omitted if there is none.
  mutating func reserve(_ bytes: Int) -> Bool {
    // What the item costs beside its bytes.
    let overhead = 64
    guard bytes <= room - overhead else {
      omittedItems += 1
      return false
    }
    room -= bytes + overhead
    return true
  }
}
