internal import NetworkTypes

/// What is remembered of handshakes and ends for the checks that look across connections, each table bounded.
final class AcrossConnections {
  /// Who asks whom for what: a client program, as far as it shows, as a hash of its address, Host, target and User-Agent.
  struct Requester: Hashable {
    private let value: Int

    /// Nobody is known to have asked.
    static let unknown = Requester(value: 0)

    var isKnown: Bool { value != 0 }

    private init(value: Int) { self.value = value }

    init(client: IPAddress, host: [UInt8]?, path: [UInt8]?, userAgent: [UInt8]?) {
      var hasher = Hasher()
      hasher.combine(client)
      hasher.combine(bytes: host)
      hasher.combine(bytes: path)
      hasher.combine(bytes: userAgent)
      let hash = hasher.finalize()
      value = hash == 0 ? 1 : hash
    }
  }

  private struct KeyUse {
    var connection: UInt64
    var client: IPAddress
    var server: Endpoint
    var host: [UInt8]?
    var path: [UInt8]?
    var time: Timestamp
  }

  /// When a client asked, and when what it got ended abnormally: the newest times of each.
  private struct Reconnects {
    var asked: [Timestamp] = []
    var ends: [Timestamp] = []
    var isTold = false
  }

  private struct Attempt {
    var connection: UInt64
    var asked: Timestamp
    var answered: Timestamp
  }

  private struct Failures {
    /// Times of the newest ones, at most ten.
    var times: [Timestamp] = []
    var isTold = false
  }

  private struct Pair: Hashable {
    let client: IPAddress
    let server: Endpoint
  }

  private struct MaskKeys: Hashable {
    let pair: Pair
    let keys: [UInt32]
  }

  private var keys: RecentTable<ByteKey, KeyUse>
  private var reconnects: RecentTable<Requester, Reconnects>
  private var attempts: RecentTable<Pair, Attempt>
  private var failures: RecentTable<IPAddress, Failures>
  private var maskKeys: RecentTable<MaskKeys, UInt64>
  private var clearServers: RecentTable<Endpoint, Bool>

  /// A proxy passes a handshake on within this time, in nanoseconds.
  private static let leg: Int64 = 5_000_000_000
  /// Failures of a client within this time, and how many.
  private static let failureSpan: Int64 = 60_000_000_000
  private static let failureCount = 10
  /// Reconnections that are told, and the longest interval of which they are: a first retry may come within five seconds
  /// (RFC 6455 §7.2.3), but not each of them.
  private static let reconnectCount = 5
  private static let longestRetry: Int64 = 5_000_000_000
  /// Intervals this near to each other, in nanoseconds, are alike whatever their length.
  private static let jitter: Int64 = 20_000_000

  init(limits: Limits) {
    let limit = limits.rememberedHandshakes
    keys = RecentTable(limit: limit)
    reconnects = RecentTable(limit: limit)
    attempts = RecentTable(limit: limit)
    failures = RecentTable(limit: limit)
    maskKeys = RecentTable(limit: limit)
    clearServers = RecentTable(limit: limit)
  }

  /// Notes a handshake's key, and says whether another connection used it, and is not its other leg.
  func isReused(key: [UInt8], by connection: ConnectionIdentity, at time: Timestamp) -> Bool {
    let use = KeyUse(
      connection: connection.number, client: connection.client.address, server: connection.server,
      host: connection.host, path: connection.path, time: time)
    guard let earlier = keys[ByteKey(key)] else {
      keys[ByteKey(key)] = use
      return false
    }
    guard earlier.connection != use.connection else { return false }
    // Both legs of a proxy carry one handshake; a client that asks the same server twice is none.
    let isSamePair = earlier.client == use.client && earlier.server == use.server
    let distance = abs(time.nanoseconds(since: earlier.time))
    return isSamePair || distance >= Self.leg || earlier.host != use.host || earlier.path != use.path
  }

  /// Notes when a handshake was asked for and answered, and says whether another of this client to this server was
  /// unanswered when it was asked for.
  func isSimultaneous(_ connection: ConnectionIdentity, asked: Timestamp, answered: Timestamp) -> Bool {
    let pair = Pair(client: connection.client.address, server: connection.server)
    let earlier = attempts[pair]
    attempts[pair] = Attempt(connection: connection.number, asked: asked, answered: answered)
    guard let earlier, earlier.connection != connection.number else { return false }
    return earlier.asked <= asked && asked < earlier.answered
  }

  /// Notes a refused handshake, and says whether the client's failures are now too many, once until they stop.
  func areTooMany(failuresOf client: IPAddress, at time: Timestamp) -> Bool {
    var entry = failures[client] ?? Failures()
    if let last = entry.times.last, time.nanoseconds(since: last) > Self.failureSpan { entry = Failures() }
    entry.times.append(time)
    entry.times.removeFirst(max(0, entry.times.count - Self.failureCount))
    let isMany =
      entry.times.count == Self.failureCount && time.nanoseconds(since: entry.times[0]) <= Self.failureSpan
    let isNew = isMany && !entry.isTold
    entry.isTold = entry.isTold || isMany
    failures[client] = entry
    return isNew
  }

  /// Notes how a connection, or an attempt, ended; only one without Closes leads to a reconnection that needs a delay.
  ///
  /// - Returns: As `noteAsked`: the end of a connection that was reset is told late.
  func noteEnd(of requester: Requester, isAbnormal: Bool, at time: Timestamp) -> Reconnection? {
    guard isAbnormal else {
      if reconnects[requester] != nil { reconnects[requester] = Reconnects() }
      return nil
    }
    var entry = reconnects[requester] ?? Reconnects()
    Self.add(time, to: &entry.ends)
    return judge(entry, requester)
  }

  /// Notes a handshake.
  ///
  /// - Returns: The newest reconnections, once there are too many at intervals that neither grow nor vary.
  func noteAsked(by requester: Requester, at time: Timestamp) -> Reconnection? {
    var entry = reconnects[requester] ?? Reconnects()
    Self.add(time, to: &entry.asked)
    return judge(entry, requester)
  }

  /// Reconnections at like intervals.
  struct Reconnection {
    let count: Int
    /// The longest of the intervals, in nanoseconds.
    let interval: Int64
  }

  private func judge(_ entry: Reconnects, _ requester: Requester) -> Reconnection? {
    var entry = entry
    let found = entry.isTold ? nil : Self.reconnection(entry.asked, entry.ends)
    if found != nil { entry.isTold = true }
    reconnects[requester] = entry
    return found
  }

  /// Keeps the newest times, in their order.
  private static func add(_ time: Timestamp, to times: inout [Timestamp]) {
    let place = times.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0
    times.insert(time, at: place)
    times.removeFirst(max(0, times.count - reconnectCount - 2))
  }

  /// The newest intervals from an end to the next handshake, if they are short and alike.
  private static func reconnection(_ asked: [Timestamp], _ ends: [Timestamp]) -> Reconnection? {
    var intervals: [Int64] = []
    for (index, end) in ends.enumerated() {
      guard let next = asked.first(where: { $0 >= end }) else { continue }
      // Several ends before one handshake are several connections side by side.
      if index + 1 < ends.count, ends[index + 1] <= next { continue }
      intervals.append(next.nanoseconds(since: end))
    }
    guard intervals.count >= reconnectCount else { return nil }
    let newest = intervals.suffix(reconnectCount)
    guard let longest = newest.max(), let shortest = newest.min(), longest <= longestRetry,
      longest - shortest <= max(longest / 10, jitter)
    else { return nil }
    return Reconnection(count: newest.count, interval: longest)
  }

  /// Notes the first masking keys of a connection, and says whether another of this client to this server began so.
  func areKnown(keys: [UInt32], of connection: ConnectionIdentity) -> Bool {
    let entry = MaskKeys(pair: Pair(client: connection.client.address, server: connection.server), keys: keys)
    if let other = maskKeys[entry] { return other != connection.number }
    maskKeys[entry] = connection.number
    return false
  }

  /// Whether a server is seen for the first time without TLS.
  func isNew(clearServer server: Endpoint) -> Bool {
    if clearServers[server] != nil { return false }
    clearServers[server] = true
    return true
  }
}
