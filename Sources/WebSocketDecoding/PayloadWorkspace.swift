public import NetworkTypes

/// The buffers that all connections of one worker share, so that a message in steady state allocates nothing.
public final class PayloadWorkspace {
  /// Takes a piece of payload while it is unmasked, if it is not kept.
  let scratch = ByteBuffer(capacity: 65536)
  /// Takes inflated bytes, piece by piece.
  let inflated = ByteBuffer(capacity: Inflater.outputBytes)
  /// Stands for a payload of which nothing is kept; nothing is ever appended to it.
  let empty = ByteBuffer(capacity: 0)
  private var freeBuffers: [ByteBuffer] = []
  private var freeInflaters: [Inflater] = []
  private var freeMessageInflaters: [MessageInflater] = []
  private var freeCompressed: [CompressedMessage] = []
  /// Reads compressed messages without inflating them.
  lazy var scanner = DeflateScanner()

  /// Those whose inflaters are kept between messages.
  let ring: InflaterRing

  /// The largest buffer that is worth keeping for the next message.
  private static let reusableBytes = 256 << 10
  private static let kept = 32
  /// Bytes of memory that an inflater takes.
  public static let inflaterBytes = Inflater.heldBytes

  /// A workspace without spare buffers.
  ///
  /// - Parameters:
  ///   - inflaters: How many inflaters are kept between messages, for windows that last.
  ///   - memory: Takes note of these.
  public init(inflaters: Int = 64, memory: MemoryAccount? = nil) {
    ring = InflaterRing(limit: inflaters, memory: memory)
  }

  /// An empty buffer.
  func takeBuffer() -> ByteBuffer {
    freeBuffers.popLast() ?? ByteBuffer(capacity: 512)
  }

  /// Takes back a buffer that `takeBuffer` gave.
  func giveBack(_ buffer: ByteBuffer) {
    guard buffer.capacity <= Self.reusableBytes, freeBuffers.count < Self.kept else { return }
    buffer.removeAll()
    freeBuffers.append(buffer)
  }

  /// An inflater with an empty window.
  func takeInflater() -> Inflater {
    freeInflaters.popLast() ?? Inflater()
  }

  /// Takes back an inflater whose window is needed no more.
  func giveBack(_ inflater: Inflater) {
    guard freeInflaters.count < Self.kept else { return }
    inflater.reset()
    freeInflaters.append(inflater)
  }

  /// A place for the bytes of a compressed message.
  func takeCompressed() -> CompressedMessage {
    freeCompressed.popLast() ?? CompressedMessage()
  }

  /// Takes back what `takeCompressed` gave.
  func giveBack(_ message: CompressedMessage) {
    guard message.heldBytes <= Self.reusableBytes, freeCompressed.count < Self.kept else { return }
    message.begin()
    freeCompressed.append(message)
  }

  /// What inflates and judges the messages of a direction.
  func takeMessageInflater() -> MessageInflater {
    freeMessageInflaters.popLast() ?? MessageInflater(workspace: self)
  }

  /// Takes back what `takeMessageInflater` gave, at rest.
  func giveBack(_ inflater: MessageInflater) {
    if freeMessageInflaters.count < Self.kept { freeMessageInflaters.append(inflater) }
  }
}
