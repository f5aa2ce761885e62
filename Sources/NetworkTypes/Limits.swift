/// Every cap that hostile or damaged input can reach, with its unit and the reason for its value.
///
/// Reaching a cap is never silent: it becomes a field of a record, a count in `stats`, or a sentence on standard error.
public struct Limits: Sendable {
  /// Bytes of the largest packet read from a file; libpcap's own bound is 256 KiB, some hardware writes jumbo records.
  public var packetBytes = 16 << 20
  /// Bytes of a pcapng block that is kept whole (options, secrets); larger ones that hold no packet are skipped.
  public var blockBytes = 64 << 20
  /// Bytes of comments, names, secrets and statistics kept of one capture file; a key log of a busy host is some MiB.
  public var metadataBytes = 64 << 20
  /// Interfaces in one section of a pcapng file; a host with a container farm has thousands.
  public var captureInterfaces = 65_536
  /// Bytes of the window that a zstd frame may ask for; what zstd(1) itself allows unless it is told otherwise.
  public var decompressionWindowBytes = 128 << 20
  /// Bytes behind damage in a capture file that are at hand when a record there is proven, and the longest record that
  /// can be; a proof takes as many as the longest IP packet, so that no capture inside one is taken for the file's own.
  public var damageLookaheadBytes = 256 << 10
  /// Faults of one capture file that are told singly; a file that is damaged throughout needs no line a packet.
  public var faultsPerFile = 100

  /// VLAN tags around one packet; two are common, a provider's bridge may add a third.
  public var vlanTags = 8
  /// Tunnel headers around one packet, each MPLS label being one, and packets within packets; few networks have more than
  /// four.
  public var encapsulations = 16
  /// Datagrams whose fragments wait for each other.
  public var fragmentedDatagrams = 1024
  /// Bytes of storage for fragments that wait, over all datagrams; a datagram has at most 64 KiB.
  public var fragmentBytes = 16 << 20
  /// Fragments of the capture that are seen before a datagram is given up.
  public var fragmentPackets = 65_536
  /// Packet time in nanoseconds before a datagram is given up; hosts wait for 30 s (Linux) to 60 s (RFC 8200 §4.5).
  public var fragmentNanoseconds: Int64 = 30_000_000_000
  /// Steps that one packet's decoding may take: each header, tag and table look-up between them is one.
  public var packetLayers = 64

  /// Bytes held per direction behind a hole, or before the stream's base is known.
  ///
  /// A window of 8 MiB is in flight only
  /// on long fat links.
  public var queuedBytes = 8 << 20
  /// Separate chunks held per direction behind holes, which bounds the cost of sorting them.
  public var queuedChunks = 4096
  /// How far ahead of the expected byte a segment may start: the largest TCP window (RFC 7323 §2.3).
  public var forwardJump = 1 << 30
  /// Further packets of the connection before a hole that was acknowledged is given up.
  ///
  /// Real captures fill a hole up to
  /// 54 packets after its acknowledgement.
  public var gapPackets = 128
  /// Packet time in nanoseconds before a hole that was acknowledged is given up.
  public var gapNanoseconds: Int64 = 2_000_000_000
  /// Packet time in nanoseconds before a hole is given up although nothing acknowledged it (one-sided captures).
  public var unacknowledgedGapNanoseconds: Int64 = 30_000_000_000
  /// A step of the clock beyond this many nanoseconds says nothing about waiting: captures are merged and clocks are set.
  public var clockJumpNanoseconds: Int64 = 60_000_000_000
  /// Packets of a connection without SYN that are held before the lowest of them is taken for its beginning.
  public var basePackets = 128
  /// Packet time in nanoseconds without a packet between a reset and the end of its connection: disorder puts data
  /// behind it.
  public var resetNanoseconds: Int64 = 2_000_000_000
  /// Connections at once that wait so for their end; beyond, the one that waits longest is ended.
  public var lingeringResets = 65_536
  /// Packet time in nanoseconds without a packet after which a connection is over.
  public var idleNanoseconds: Int64 = 3_600_000_000_000
  /// Packet time in nanoseconds that a finished connection is remembered for its stray packets.
  public var closedNanoseconds: Int64 = 60_000_000_000
  /// Connections tracked at once; beyond, those go first of which least is lost, the longest idle before others.
  public var connections = 2_000_000

  /// Bytes of memory that the process may take, 0 for any: beyond, connections are dropped.
  ///
  /// A million idle WebSockets take half of it, and any machine that captures has it.
  public var memoryBytes = 2_000_000_000
  /// What of `memoryBytes` the process takes beside its connections: the program, buffers for reading and writing,
  /// fragments, rendered names, and what is remembered across connections.
  public var processBytes = 50_000_000
  /// Bytes that a connection holds behind holes from which on it gives these up before another one is dropped.
  public var spareableBytes = 64 << 10

  /// Bytes of an HTTP head; servers accept 8 to 64 KiB.
  public var httpHeadBytes = 256 << 10
  /// Bytes of the line with a chunk's size and extensions; sizes have 16 digits at most, extensions are hardly used.
  public var httpChunkLineBytes = 16 << 10
  /// Header fields in one HTTP head.
  public var httpFields = 1000
  /// Bytes held of one direction while it waits for the other (early frames behind a request, an answer before it).
  public var heldBytes = 1 << 20
  /// Tunnels (CONNECT, SOCKS, PROXY preambles) inside each other on one connection.
  public var tunnels = 8
  /// Requests on one connection that wait for their answers.
  public var pipelinedRequests = 1000

  /// Bytes of a message's payload that are kept for the log.
  public var keptPayloadBytes = 65536
  /// Bytes of a message's payload that are kept to be searched; longer ones are searched that far, which is said.
  public var searchedPayloadBytes = 16 << 20
  /// Bytes of a message's payload that are kept to tell heartbeats; longer ones are none.
  public var heartbeatBytes = 256
  /// Bytes to which one compressed message may inflate: what deflate makes of 1 MiB at best.
  public var inflatedBytes = 1 << 30
  /// Inflaters that are kept between messages; of other directions whose context is taken over, the window alone is.
  public var inflaters = 4096
  /// Bytes held of one direction while the place in its frames is looked for.
  public var searchedBytes = 128 << 10
  /// Bytes of one direction in which a WebSocket without a handshake is looked for.
  public var guessedBytes = 1 << 20
  /// Places per direction that `end` names, at which frames were found again; all are counted.
  public var namedResyncs = 64
  /// Pings per direction that wait for their pongs.
  public var outstandingPings = 64

  /// Bytes of a frame or a message from which on it is called large (`--large-message`).
  public var largeMessageBytes = 64 << 20
  /// Masking keys of one connection that a further one is compared with.
  public var maskingKeys = 1000
  /// Bytes of a compressed message that are kept until it is whole, to say what is wrong with it.
  public var judgedDeflateBytes = 256 << 10
  /// Handshakes, clients and servers that are remembered, each, for the checks that look across connections.
  public var rememberedHandshakes = 16_384

  /// Connections whose short names are remembered in the text format; the others are named in full.
  ///
  /// It is 20 MB, which a capture with that many WebSockets has room for.
  public var shortNames = 262_144

  /// The default limits.
  public init() {}
}
