internal import NetworkTypes
public import TrafficAnalysis
internal import WebSocketDecoding

/// Writes each record as one JSON object a line (`docs/log-format.md`).
public final class NDJSONWriter: EventSink {
  let json = JSONWriter(capacity: 2 * NDJSONWriter.flushBytes)
  let options: LogOptions
  private let file: any LogDestination
  private var time = TimeWriter()
  private var renderings = RenderingCache()

  /// Bytes that are gathered before they are written.
  ///
  /// Few enough to stay in the cache beside the connections' state: simulated for one of 512 KiB, this and the size of
  /// `CaptureFile`'s batches together cost 26 misses a chat message, and 45 where both are a mebibyte.
  private static let flushBytes = 32 << 10
  /// Memory that is kept for the next records, where one was longer.
  private static let keptBytes = 2 << 20

  /// A writer to `file`.
  public init(file: any LogDestination, options: LogOptions) {
    self.file = file
    self.options = options
  }

  /// Whether nothing more can be written.
  public var isBroken: Bool { file.isBroken }

  /// Writes what was gathered.
  public func flush() {
    // SAFETY: the bytes are written while they are lent.
    unsafe json.withBytes { unsafe file.write($0.bytes) }
    json.removeAll()
    json.shrink(to: Self.keptBytes)
  }

  /// Takes the first record.
  public func meta(_ record: MetaRecord) {
    guard options.types.contains(.meta) else { return }
    begin("meta", record.packet?.timestamp ?? .epoch)
    json.raw(",\"tool\":\"wstap\",\"tool_version\":")
    json.string(record.toolVersion)
    json.raw(",\"inputs\":")
    array(record.inputs) { json.string($0) }
    if let filter = record.filter {
      json.raw(",\"filter\":")
      json.string(filter)
    }
    if let part = record.part {
      json.raw(",\"part\":")
      json.integer(part)
    }
    end()
  }

  /// Takes a handshake attempt.
  public func open(_ record: OpenRecord) {
    guard options.types.contains(.open) else { return }
    begin("open", record.packet.timestamp, record.connection)
    writeOpen(record)
    end(record.packet)
  }

  /// Takes a message and what is kept of its payload.
  public func message(_ record: MessageRecord, payload: RawSpan) {
    guard options.types.contains(.message) else { return }
    begin("message", record.packet.timestamp, record.connection)
    direction(record.sender)
    json.raw(",\"n\":")
    json.integer(record.ordinal)
    json.raw(record.opcode == .text ? ",\"op\":\"text\"" : ",\"op\":\"binary\"")
    if let length = record.length {
      json.raw(",\"len\":")
      json.integer(length)
    }
    json.raw(",\"wire_len\":")
    json.integer(record.wireLength)
    if record.frames == 1, !record.isDeflated, record.durationMicroseconds == 0 {
      // Most messages: what the writes below come to, at once.
      json.raw(",\"frames\":1,\"deflated\":false,\"dur_us\":0")
    } else {
      json.raw(",\"frames\":")
      json.integer(record.frames)
      json.raw(",\"deflated\":")
      json.boolean(record.isDeflated)
      json.raw(",\"dur_us\":")
      json.integer(Int(record.durationMicroseconds))
    }
    writeMessagePayload(record, payload)
    losses(record.losses)
    if let undecoded = record.undecoded {
      json.raw(",\"undecoded\":")
      json.string(undecoded.rawValue)
    }
    resync(record.resyncOffset)
    end(record.packet)
  }

  /// Takes a frame.
  public func frame(_ record: FrameRecord) {
    guard options.types.contains(.frame) else { return }
    begin("frame", record.packet.timestamp, record.connection)
    direction(record.sender)
    json.raw(",\"off\":")
    json.integer(record.offset)
    json.raw(",\"fin\":")
    json.boolean(record.header.isFinal)
    json.raw(",\"rsv\":")
    json.integer(Int(record.header.reservedBits))
    json.raw(",\"opcode\":")
    json.integer(Int(record.header.opcode.rawValue))
    json.raw(",\"op\":")
    json.string(record.header.opcode.name)
    if let key = record.header.maskingKey {
      json.raw(",\"mask\":\"")
      json.hexadecimal(key)
      json.raw("\"")
    }
    json.raw(",\"hdr_len\":")
    json.integer(record.header.headerLength)
    json.raw(",\"len\":")
    json.integer(Int(min(record.length, Self.largestInteger)))
    if record.header.payloadLength > Self.largestInteger {
      json.raw(",\"len_declared\":")
      json.string(String(record.header.payloadLength))
    }
    if let message = record.message {
      json.raw(",\"msg\":")
      json.integer(message)
    }
    losses(record.losses)
    resync(record.resyncOffset)
    end(record.packet)
  }

  /// Takes a control frame and what is kept of its payload.
  public func control(_ record: ControlRecord, payload: RawSpan) {
    guard options.types.contains(.control) else { return }
    begin("control", record.packet.timestamp, record.connection)
    direction(record.sender)
    switch record.kind {
    case .ping: json.raw(",\"op\":\"ping\"")
    case .pong: json.raw(",\"op\":\"pong\"")
    case .close: json.raw(",\"op\":\"close\"")
    }
    json.raw(",\"len\":")
    json.integer(record.length)
    writeControlPayload(record, payload)
    losses(record.losses)
    resync(record.resyncOffset)
    end(record.packet)
  }

  /// Takes a violation.
  public func violation(_ record: ViolationRecord) {
    guard options.types.contains(.violation) else { return }
    begin("violation", record.packet.timestamp, record.connection)
    json.raw(",\"rule\":")
    json.string(record.rule.id)
    json.raw(",\"severity\":")
    json.string(record.severity.rawValue)
    json.raw(",\"level\":")
    json.string(record.rule.level.rawValue)
    json.raw(",\"ref\":")
    json.string(record.rule.reference)
    direction(record.sender)
    json.raw(",\"off\":")
    json.integer(record.offset)
    json.raw(",\"detail\":")
    json.string(RedactedURL.detail(record, options))
    end(record.packet)
  }

  /// Takes the end of a WebSocket.
  public func end(_ record: EndRecord) {
    guard options.types.contains(.end) else { return }
    begin("end", record.packet.timestamp, record.connection)
    writeEnd(record)
    end(record.packet)
  }

  /// Takes the counts.
  public func stats(_ record: StatsRecord) {
    if options.types.contains(.stats) {
      var record = record
      if record.logDrops == nil {
        // What is lost on the way to the file counts, too.
        if file.droppedLines != nil { flush() }
        record.logDrops = file.droppedLines
      }
      begin("stats", record.packet.timestamp)
      writeStats(record)
      end()
    }
    if record.isFinal { flush() }
  }

  // MARK: - What every record has

  /// The largest integer that a double holds exactly, with all below it.
  static let largestInteger: UInt64 = 9_007_199_254_740_991

  @inline(__always)
  private func begin(_ type: StaticString, _ timestamp: Timestamp) {
    json.raw("{\"v\":1,\"type\":\"")
    json.raw(type)
    json.raw("\",\"ts\":")
    time.write(timestamp, to: json)
  }

  @inline(__always)
  private func begin(_ type: StaticString, _ timestamp: Timestamp, _ connection: ConnectionIdentity) {
    begin(type, timestamp)
    if let rendering = connection.rendering { json.raw(rendering) } else { renderAnew(connection) }
  }

  @inline(never)
  private func renderAnew(_ connection: ConnectionIdentity) {
    let start = json.count
    render(connection)
    // SAFETY: `start` is at most what was written, and the bytes are copied while they are lent.
    renderings.keep(unsafe json.withBytes { unsafe Array($0[start...]) }, of: connection)
  }

  private func render(_ connection: ConnectionIdentity) {
    json.raw(",\"conn\":")
    json.string(connection.name)
    json.raw(",\"client_ip\":")
    json.string(connection.client.address.description)
    json.raw(",\"client_port\":")
    json.integer(Int(connection.client.port))
    json.raw(",\"server_ip\":")
    json.string(connection.server.address.description)
    json.raw(",\"server_port\":")
    json.integer(Int(connection.server.port))
    if let host = connection.host { field(",\"host", host) }
    if let path = connection.path {
      field(",\"path", options.redactsQueries ? RedactedURL.withoutQuery(path) : path)
    }
  }

  @inline(__always)
  private func direction(_ sender: Sender) {
    json.raw(sender == .client ? ",\"dir\":\"c2s\"" : ",\"dir\":\"s2c\"")
  }

  @inline(__always)
  private func resync(_ offset: Int?) {
    guard let offset else { return }
    json.raw(",\"resync_off\":")
    json.integer(offset)
  }

  private func losses(_ all: LossFlags) {
    // Without payloads nothing is cut by `--max-payload`.
    let losses = options.writesPayload ? all : all.subtracting(.truncated)
    guard !losses.isEmpty else {
      json.raw(",\"truncated\":false,\"incomplete\":false,\"snapped\":false")
      return
    }
    json.raw(",\"truncated\":")
    json.boolean(losses.contains(.truncated))
    json.raw(",\"incomplete\":")
    json.boolean(losses.contains(.incomplete))
    json.raw(",\"snapped\":")
    json.boolean(losses.contains(.snapped))
  }

  @inline(__always)
  private func end(_ packet: PacketStamp) {
    json.raw(",\"pkt\":")
    json.integer(packet.number)
    if options.writesFile {
      json.raw(",\"file\":")
      json.integer(packet.fileIndex)
    }
    end()
  }

  @inline(__always)
  private func end() {
    json.raw("}\n")
    if json.count >= Self.flushBytes { flush() }
  }
}
