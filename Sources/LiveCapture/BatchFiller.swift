internal import NetworkTypes
internal import PacketCapture

/// Copies packets from the kernel's buffer into batches; drops and counts them where there is none.
final class BatchFiller {
  private let ring: PacketRing
  private let control: CaptureControl
  private var batch: PacketBatch?
  /// Where the packets of the round at hand begin in the batch.
  private var roundStart = 0
  private var inputsInRound = 0
  /// Packets that this program dropped.
  private(set) var dropped = 0
  /// The interface at hand.
  private var linkType: UInt16 = 0
  private var inputOffset: UInt16 = 0
  private var startTime = Timestamp.epoch
  private var stopTime: Timestamp?
  /// What the packet header's second number counts.
  var nanosecondsPerTick: Int64 = 1000
  /// The number of the interface's newest packet.
  private(set) var number = 0
  /// Whether a packet came that is later than the end.
  private(set) var hasSeenTheEnd = false

  init(_ ring: PacketRing, _ control: CaptureControl) {
    self.ring = ring
    self.control = control
  }

  /// Whether packets wait here.
  var isHolding: Bool { batch?.packets.isEmpty == false }

  /// Begins to take packets of a socket.
  func begin(_ socket: CaptureSocket, number: Int, stopTime: Timestamp?) {
    linkType = socket.linkType
    inputOffset = socket.inputOffset
    startTime = socket.startTime
    self.number = number
    self.stopTime = stopTime
    hasSeenTheEnd = false
    if isHolding, (batch?.packets.count ?? 0) > roundStart { inputsInRound += 1 }
  }

  /// Takes a packet.
  func take(_ bytes: RawSpan, seconds: Int64, ticks: Int64, originalLength: Int) {
    let time = Timestamp(nanoseconds: seconds &* 1_000_000_000 &+ ticks &* nanosecondsPerTick)
    // Before all threads had joined, each of them got every packet.
    guard time >= startTime else { return }
    if let stopTime, time > stopTime {
      hasSeenTheEnd = true
      return
    }
    guard control.takePacket() else { return }
    number &+= 1
    var packet = Packet(
      timestamp: time, bytes: 0..<0, originalLength: originalLength, linkType: linkType, number: number)
    packet.inputOffset = inputOffset
    if let batch {
      if batch.append(bytes, packet) { return }
      handOver(isFull: true)
    }
    guard let fresh = ring.takeFree() else {
      dropped &+= 1
      return
    }
    batch = fresh
    _ = fresh.append(bytes, packet)
  }

  /// Ends a round over all interfaces: what it brought is put in order of time, and handed over if it is waited for.
  func endRound() {
    if inputsInRound > 0 { sortRound() }
    handOver(isFull: false)
    inputsInRound = 0
    roundStart = batch?.packets.count ?? 0
  }

  /// Hands over what is left.
  func finish() { handOver(isFull: true) }

  private func handOver(isFull: Bool) {
    guard let batch, !batch.packets.isEmpty else { return }
    if isFull, inputsInRound > 0 { sortRound() }
    guard ring.handOver(batch, isFull: isFull) else { return }
    self.batch = nil
    roundStart = 0
  }

  /// Puts the packets of several interfaces in order: an answer may have come by another one than its request.
  private func sortRound() {
    guard let batch, roundStart < batch.packets.count else { return }
    let isInOrder = (roundStart + 1..<batch.packets.count).allSatisfy {
      batch.packets[$0 - 1].timestamp <= batch.packets[$0].timestamp
    }
    guard !isInOrder else { return }
    // By the place too, since those of one interface stay in their order where times are equal.
    let sorted = batch.packets[roundStart...].enumerated().sorted {
      ($0.element.timestamp, $0.offset) < ($1.element.timestamp, $1.offset)
    }
    batch.packets.replaceSubrange(roundStart..., with: sorted.map(\.element))
  }
}
