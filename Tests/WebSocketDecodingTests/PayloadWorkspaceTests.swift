import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

struct PayloadWorkspaceTests {
  @Test func `connections that share a workspace never see each other's bytes`() {
    let workspace = PayloadWorkspace()
    var limits = Limits()
    limits.keptPayloadBytes = 1000
    let assemblers = (0..<6).map { index in
      MessageAssembler(
        compression: index.isMultiple(of: 2) ? .none : .deflate(resetsContext: index == 3), workspace: workspace,
        limits: limits)
    }
    var random = SeededGenerator(seed: 99)
    var expected: [[UInt8]?] = Array(repeating: nil, count: assemblers.count)
    for _ in 0..<4000 {
      let index = Int.random(in: 0..<assemblers.count, using: &random)
      let isCompressed = !index.isMultiple(of: 2)
      if expected[index] == nil {
        assemblers[index].begin(.binary, isCompressed: isCompressed)
        expected[index] = []
      }
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        if isCompressed { withSpan([0]) { assemblers[index].append($0, maskingKey: nil, offset: 0) } }
        assemblers[index].finish()
        #expect(assemblers[index].undecoded == nil)
        #expect(assemblers[index].withKept { $0.copied() } == Array(expected[index]!.prefix(1000)))
        #expect(assemblers[index].length == expected[index]!.count)
        assemblers[index].close()
        expected[index] = nil
      default:
        let bytes = random.bytes(Int.random(in: 0...300, using: &random))
        let key = Bool.random(using: &random) ? UInt32(truncatingIfNeeded: random.next()) : nil
        var wire = bytes
        if isCompressed {
          // A stored block of deflate.
          wire = [0]
          wire.append(integer: UInt16(bytes.count), .little)
          wire.append(integer: ~UInt16(bytes.count), .little)
          wire += bytes
        }
        assemblers[index].beginFrame()
        withSpan(key.map { WebSocketFrame.masked(wire, with: $0) } ?? wire) {
          assemblers[index].append($0, maskingKey: key, offset: 0)
        }
        expected[index]! += bytes
      }
    }
  }

  @Test func `an inflater that is taken again has an empty window`() {
    let workspace = PayloadWorkspace()
    let limits = Limits()
    func first(_ wire: [UInt8]) -> MessageAssembler.Undecoded? {
      let assembler = MessageAssembler(
        compression: .deflate(resetsContext: false), workspace: workspace, limits: limits)
      assembler.begin(.text, isCompressed: true)
      withSpan(wire) { assembler.append($0, maskingKey: nil, offset: 0) }
      assembler.finish()
      let undecoded = assembler.undecoded
      assembler.close()
      return undecoded
    }
    for _ in 0..<3 {
      #expect(first(hex("f2 48 cd c9 c9 07 00")) == nil)
      // Refers back to bytes of another connection.
      #expect(first(hex("f2 00 11 00 00")) == .inflateFailed)
      // Ends with a final block.
      #expect(first(hex("f3 48 cd c9 c9 07 00")) == nil)
      // Ends inside a block.
      #expect(first(hex("f2 48 cd")) == .inflateFailed)
    }
  }

  /// One direction of many whose windows last.
  private struct Talker {
    var sender = DeflateSender()
    var assembler: MessageAssembler
    var isOpen = false
    var rest: [UInt8] = []
    var text: [UInt8] = []
  }

  @Test(arguments: [1, 2, 7, 100]) func `windows last, however few inflaters are kept between messages`(kept: Int) {
    let memory = MemoryAccount(limits: Limits())
    let workspace = PayloadWorkspace(inflaters: kept, memory: memory)
    var random = SeededGenerator(seed: UInt64(kept))
    var talkers = (0..<20).map { _ in
      Talker(
        assembler: MessageAssembler(
          compression: .deflate(resetsContext: false), workspace: workspace, limits: Limits()))
    }
    let words = (0..<50).map { number in random.bytes(3 + number % 9) }
    for _ in 0..<1000 {
      let index = Int.random(in: 0..<talkers.count, using: &random)
      if !talkers[index].isOpen {
        let text = (0..<Int.random(in: 1...8, using: &random)).flatMap { _ in words.randomElement(using: &random)! }
        talkers[index].text = text
        talkers[index].rest = talkers[index].sender.compress(text)
        talkers[index].assembler.begin(.binary, isCompressed: true)
        talkers[index].assembler.beginFrame()
        talkers[index].isOpen = true
      }
      // Others come in the middle of the message, and may need an inflater.
      let count = Int.random(in: 0...talkers[index].rest.count, using: &random)
      withSpan(Array(talkers[index].rest.prefix(count))) {
        talkers[index].assembler.append($0, maskingKey: nil, offset: 0)
      }
      talkers[index].rest.removeFirst(count)
      guard talkers[index].rest.isEmpty else { continue }
      talkers[index].assembler.finish()
      #expect(talkers[index].assembler.undecoded == nil)
      #expect(talkers[index].assembler.withKept { $0.copied() } == talkers[index].text)
      talkers[index].assembler.close()
      talkers[index].isOpen = false
      #expect(memory.bytes <= kept * PayloadWorkspace.inflaterBytes)
    }
    // With room for all, some are always inside a message.
    let most = memory.peakBytes / PayloadWorkspace.inflaterBytes
    #expect(kept < 10 ? most == kept : 5...20 ~= most)
    for index in talkers.indices { talkers[index].assembler.discard() }
    #expect(memory.bytes == 0)
  }
}
