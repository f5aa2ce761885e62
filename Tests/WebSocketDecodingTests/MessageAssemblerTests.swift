import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

/// One frame of a message as it stands on the wire, in pieces.
private struct Part {
  var bytes: [UInt8]
  var mask: UInt32?

  init(_ bytes: [UInt8], mask: UInt32? = nil) {
    self.mask = mask
    self.bytes = mask.map { WebSocketFrame.masked(bytes, with: $0) } ?? bytes
  }
}

/// What is known of a message in the end.
private struct Message: Equatable {
  var kept: [UInt8]
  var length: Int
  var wireLength = -1
  var frames = 1
  var isWholeText = true
  var errorOffset: Int?
  var hasHole = false
  var isTruncated = false
  var undecoded: MessageAssembler.Undecoded?
}

/// An assembler that gives back what it holds when it goes.
@dynamicMemberLookup
private final class Subject {
  private let assembler: MessageAssembler

  init(_ assembler: MessageAssembler) { self.assembler = assembler }

  deinit { assembler.discard() }

  subscript<Value>(dynamicMember path: KeyPath<MessageAssembler, Value>) -> Value { assembler[keyPath: path] }

  func begin(_ opcode: Opcode, isCompressed: Bool, undecoded: MessageAssembler.Undecoded? = nil) {
    assembler.begin(opcode, isCompressed: isCompressed, undecoded: undecoded)
  }
  func append(_ bytes: RawSpan, maskingKey: UInt32?, offset: UInt64) {
    assembler.append(bytes, maskingKey: maskingKey, offset: offset)
  }
  func beginFrame() { assembler.beginFrame() }
  func markHole() { assembler.markHole() }
  func loseContext() { assembler.loseContext() }
  func finish() { assembler.finish() }
  func close() { assembler.close() }
  func withKept<Value>(_ body: (RawSpan) -> Value) -> Value { assembler.withKept(body) }

  func take(_ part: Part, cuts: [Int] = []) {
    beginFrame()
    let borders = [0] + cuts.filter { $0 > 0 && $0 < part.bytes.count } + [part.bytes.count]
    for (start, end) in zip(borders, borders.dropFirst()) {
      withSpan(Array(part.bytes[start..<end])) { append($0, maskingKey: part.mask, offset: UInt64(start)) }
    }
  }

  var message: Message {
    Message(
      kept: withKept { $0.copied() }, length: assembler.length, wireLength: assembler.wireLength,
      frames: assembler.frameCount,
      isWholeText: assembler.isWholeText, errorOffset: assembler.textErrorOffset, hasHole: assembler.hasHole,
      isTruncated: assembler.isTruncated,
      undecoded: assembler.undecoded)
  }

  func run(as opcode: Opcode = .text, isCompressed: Bool = false, _ parts: [Part], cuts: [Int] = [])
    -> Message
  {
    begin(opcode, isCompressed: isCompressed)
    for part in parts { take(part, cuts: cuts) }
    finish()
    let message = message
    close()
    return message
  }
}

private var limitedAssembler: Subject { assembler(.deflate(resetsContext: true)) { $0.inflatedBytes = 9 } }

private var plainAssembler: Subject { assembler() }

private let hello = hex("f2 48 cd c9 c9 07 00")
private let helloAgain = hex("f2 00 11 00 00")

private func assembler(
  _ compression: MessageAssembler.Compression = .none, _ workspace: PayloadWorkspace = PayloadWorkspace(),
  _ change: (inout Limits) -> Void = { _ in }
) -> Subject {
  var limits = Limits()
  change(&limits)
  return Subject(MessageAssembler(compression: compression, workspace: workspace, limits: limits))
}

private func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

struct MessageAssemblerTests {
  @Test func `fragments are joined, masked or not, however they are cut`() {
    let parts = [
      Part(utf8("grü"), mask: 0x0102_0304), Part([]), Part(utf8("ß€😀"), mask: 0xffff_0001), Part(utf8("!")),
    ]
    let text = utf8("grüß€😀!")
    let expected = Message(kept: text, length: text.count, wireLength: text.count, frames: 4)
    for first in 0..<10 {
      for second in first..<10 {
        #expect(assembler().run(parts, cuts: [first, second]) == expected)
      }
    }
  }

  @Test func `a character may be cut by a fragment's border`() {
    for cut in 0...4 {
      let bytes = utf8("😀")
      let message = assembler().run([Part(Array(bytes[..<cut])), Part(Array(bytes[cut...]), mask: 77)])
      #expect(message.isWholeText && message.errorOffset == nil && message.kept == bytes)
    }
  }

  @Test func `compressed fragments are joined, however they are cut`() {
    for fragment in 0...hello.count {
      for cut in 0..<hello.count {
        let assembler = assembler(.deflate(resetsContext: false))
        let parts = [
          Part(Array(hello[..<fragment]), mask: 0x1234_5678), Part(Array(hello[fragment...]), mask: 0x9abc_def0),
        ]
        let first = assembler.run(isCompressed: true, parts, cuts: [cut])
        #expect(first == Message(kept: utf8("Hello"), length: 5, wireLength: 7, frames: 2))
        let second = assembler.run(as: .binary, isCompressed: true, [Part(helloAgain)], cuts: [cut])
        #expect(second == Message(kept: utf8("Hello"), length: 5, wireLength: 5, isWholeText: false))
      }
    }
  }

  @Test func `the window passes over plain messages`() {
    let assembler = assembler(.deflate(resetsContext: false))
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
    #expect(assembler.run([Part(utf8("plain"))]) == Message(kept: utf8("plain"), length: 5, wireLength: 5))
    #expect(assembler.run(isCompressed: true, [Part([0])]) == Message(kept: [], length: 0, wireLength: 1))
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).kept == utf8("Hello"))
  }

  @Test func `without takeover each message begins with an empty window`() {
    let assembler = assembler(.deflate(resetsContext: true))
    // A distance of five is before all that there is.
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).undecoded == .inflateFailed)
    for _ in 0..<3 { #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello")) }
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
  }

  @Test func `RSV1 without an agreement inflates nothing`() {
    let assembler = assembler()
    let message = assembler.run(as: .binary, isCompressed: true, [Part(hello)])
    #expect(message.kept == hello && message.undecoded == nil && !assembler.isCompressed)
  }

  @Test func `text that is not UTF-8 tells where, also after inflating`() {
    let bad = assembler().run([Part(utf8("abc") + [0xff]), Part(utf8("d"))])
    #expect(!bad.isWholeText && bad.errorOffset == 3 && bad.length == 5 && bad.kept == utf8("abc") + [0xff] + utf8("d"))
    let cut = assembler().run([Part(utf8("ab") + [0xe2, 0x82], mask: 1)])
    #expect(!cut.isWholeText && cut.errorOffset == 2)
    // The same text in a stored block.
    let stored: [UInt8] = [0, 4, 0, 0xfb, 0xff, 0x61, 0x62, 0x63, 0xff, 0]
    let inflated = assembler(.deflate(resetsContext: false)).run(isCompressed: true, [Part(stored)])
    #expect(inflated.errorOffset == 3 && inflated.undecoded == nil)
    #expect(assembler().run(as: .binary, [Part([0xff])]).errorOffset == nil)
  }

  @Test func `the error shows before the message ends`() {
    let assembler = assembler()
    assembler.begin(.text, isCompressed: false)
    assembler.take(Part([0x61, 0xff]))
    #expect(assembler.textErrorOffset == 1)
  }

  @Test func `a plain message with a hole keeps what stood before it, and the next is whole`() {
    let assembler = assembler(.deflate(resetsContext: false))
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
    assembler.begin(.text, isCompressed: false)
    assembler.take(Part(utf8("before")))
    assembler.markHole()
    withSpan(utf8("after")) { assembler.append($0, maskingKey: nil, offset: 20) }
    assembler.finish()
    #expect(assembler.message.kept == utf8("before") && assembler.length == 6)
    #expect(assembler.hasHole && assembler.textErrorOffset == nil && assembler.undecoded == nil)
    assembler.close()
    // Nothing compressed was lost.
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).kept == utf8("Hello"))
  }

  @Test func `a hole in a compressed message takes the context from those behind it`() {
    for resets in [false, true] {
      let assembler = assembler(.deflate(resetsContext: resets))
      #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
      assembler.begin(.text, isCompressed: true)
      assembler.take(Part(Array(hello[..<3])))
      assembler.markHole()
      withSpan([7, 0]) { assembler.append($0, maskingKey: nil, offset: 5) }
      assembler.finish()
      #expect(assembler.hasHole && utf8("Hello").starts(with: assembler.message.kept))
      assembler.close()
      // What refers to lost bytes is not told; what refers to nothing is whole, and may be referred to.
      let next = assembler.run(isCompressed: true, [Part(helloAgain)])
      #expect(next.undecoded == (resets ? .inflateFailed : .contextLost))
      #expect(next.kept == [] && next.wireLength == helloAgain.count)
      #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
      if !resets { #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).kept == utf8("Hello")) }
      // Plain messages do not need it.
      #expect(assembler.run([Part(utf8("plain"))]).kept == utf8("plain"))
    }
  }

  @Test func `lost frames take the context away`() {
    let assembler = assembler(.deflate(resetsContext: false))
    assembler.loseContext()
    for _ in 0..<2 { #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).undecoded == .contextLost) }
    #expect(assembler.run([Part(utf8("x"))]).undecoded == nil)
    let plain = plainAssembler
    plain.loseContext()
    #expect(plain.run([Part(utf8("x"))]) == Message(kept: utf8("x"), length: 1, wireLength: 1))
  }

  @Test func `a message that does not inflate takes the context away`() {
    let assembler = assembler(.deflate(resetsContext: false))
    #expect(assembler.run(isCompressed: true, [Part([0xff, 0xff])]).undecoded == .inflateFailed)
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).undecoded == .contextLost)
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
  }

  @Test func `behind a loss a message is whole if it refers to what came behind the loss, and to nothing else`() {
    let assembler = assembler(.deflate(resetsContext: false))
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
    assembler.loseContext()
    // "Hello" again by a distance of five is the lost one, or the one behind the loss.
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).undecoded == .contextLost)
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).kept == utf8("Hello"))
    // Data that is wrong may be so because of the loss: no fault is told.
    #expect(assembler.run(isCompressed: true, [Part([0xff, 0xff])]).undecoded == .contextLost)
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).undecoded == .contextLost)
  }

  @Test func `once known bytes fill the window, wrong data is the sender's fault`() {
    // A stored block of n bytes, as RFC 1951 §3.2.4 has it, and the empty block without its length.
    func stored(_ count: Int) -> [UInt8] {
      [0, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8 & 255)]
        + [UInt8](repeating: 0x61, count: count) + [0]
    }
    for (sizes, known) in [([32768], true), ([32767], false), ([20000, 12768], true), ([20000, 12767], false)] {
      let assembler = assembler(.deflate(resetsContext: false))
      assembler.loseContext()
      for size in sizes { #expect(assembler.run(isCompressed: true, [Part(stored(size))]).undecoded == nil) }
      let wrong = assembler.run(isCompressed: true, [Part([0xff, 0xff])])
      #expect(wrong.undecoded == (known ? .inflateFailed : .contextLost))
    }
  }

  @Test func `a compressed message that was given up takes the context away`() {
    // A new message begins inside a compressed one: what the first would have put into the window is unknown.
    let assembler = assembler(.deflate(resetsContext: false))
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
    assembler.begin(.text, isCompressed: true)
    assembler.take(Part(Array(hello[..<4])))
    assembler.close()
    let next = assembler.run(isCompressed: true, [Part(helloAgain)])
    #expect(next.undecoded == .contextLost && next.kept == [])
  }

  @Test func `a compressed message of an unknown extension takes the context away`() {
    // Its bytes are part of the sender's window, so that what follows may refer back to them.
    let assembler = assembler(.deflate(resetsContext: false))
    #expect(assembler.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
    assembler.begin(.text, isCompressed: true, undecoded: .unknownExtension)
    assembler.take(Part(helloAgain))
    assembler.finish()
    #expect(assembler.undecoded == .unknownExtension && assembler.message.kept == [])
    assembler.close()
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).undecoded == .contextLost)
  }

  @Test func `only the beginning is kept, and all of it is counted and checked`() {
    for mask in [nil, 0x0a0b_0c0d] as [UInt32?] {
      for limit in 0...12 {
        let text = utf8("aé€😀bc")
        for cut in 0...text.count {
          let message = assembler(.none, PayloadWorkspace()) { $0.keptPayloadBytes = limit }
            .run([Part(text, mask: mask)], cuts: [cut])
          // Bytes are kept up to the limit, which may lie inside a character.
          #expect(message.kept == Array(text.prefix(limit)), "limit \(limit), cut \(cut)")
          #expect(message.length == text.count && message.isWholeText && message.isTruncated == (limit < text.count))
        }
      }
    }
    let late = assembler { $0.keptPayloadBytes = 4 }.run([Part(utf8("abcdefgh") + [0xff])])
    #expect(late.errorOffset == 8 && late.kept == utf8("abcd") && late.isTruncated)
  }

  @Test func `payload larger than the scratch buffer is kept, or not, to the byte`() {
    let bytes = [UInt8](repeating: 0x61, count: 70_000) + [UInt8](0...255) + [UInt8](repeating: 0x7a, count: 70_001)
    for part in [Part(bytes), Part(bytes, mask: 0x0102_0304)] {
      for limit in [0, 65535, 65536, 65537, 131_072, 140_256, 140_257] {
        let assembler = assembler(.none) { $0.keptPayloadBytes = limit }
        let kept = Array(bytes.prefix(limit))
        for cuts in [[], [3, 70_000], [65536]] {
          let message = assembler.run(as: .binary, [part], cuts: cuts)
          #expect(message.length == bytes.count && message.kept == kept)
        }
      }
    }
  }

  @Test func `large masked compressed payload is inflated across the scratch buffer`() {
    // Stored blocks of 1000 bytes: 200 of them are 201,000 bytes on the wire.
    var wire: [UInt8] = []
    var text: [UInt8] = []
    for block in 0..<200 {
      let bytes = [UInt8](repeating: UInt8(block), count: 1000)
      wire += [0, 0xe8, 0x03, 0x17, 0xfc] + bytes
      text += bytes
    }
    wire.append(0)
    let assembler = assembler(.deflate(resetsContext: false)) { $0.keptPayloadBytes = 1 << 20 }
    let message = assembler.run(as: .binary, isCompressed: true, [Part(wire, mask: 0x0102_0304)], cuts: [5, 100_001])
    #expect(message.kept == text && message.wireLength == wire.count && message.undecoded == nil)
  }

  @Test func `inflating stops at the limit, and the context is lost`() {
    let stored: [UInt8] = [0, 10, 0, 0xf5, 0xff] + [UInt8](0x30..<0x3a) + [0]
    let allowed = assembler(.deflate(resetsContext: false)) { $0.inflatedBytes = 10 }
    #expect(allowed.run(isCompressed: true, [Part(stored)]).kept == utf8("0123456789"))
    let assembler = assembler(.deflate(resetsContext: false)) { $0.inflatedBytes = 9 }
    let message = assembler.run(isCompressed: true, [Part(stored), Part(stored)])
    #expect(message.undecoded == .outputLimit && message.length <= 9 && message.wireLength == 2 * stored.count)
    #expect(assembler.run(isCompressed: true, [Part(helloAgain)]).undecoded == .contextLost)
    let resetting = limitedAssembler
    #expect(resetting.run(isCompressed: true, [Part(stored)]).undecoded == .outputLimit)
    #expect(resetting.run(isCompressed: true, [Part(hello)]).kept == utf8("Hello"))
  }

  @Test func `the limit holds over many pieces`() {
    let block: [UInt8] = [0, 4, 0, 0xfb, 0xff, 1, 2, 3, 4]
    let assembler = assembler(.deflate(resetsContext: false)) { $0.inflatedBytes = 30 }
    assembler.begin(.binary, isCompressed: true)
    for _ in 0..<20 { assembler.take(Part(block)) }
    #expect(assembler.undecoded == .outputLimit && assembler.length <= 30 && assembler.frameCount == 20)
  }

  @Test func `the state between messages is told`() {
    let assembler = assembler()
    #expect(!assembler.isOpen)
    assembler.begin(.binary, isCompressed: false)
    #expect(assembler.isOpen && assembler.opcode == .binary && assembler.frameCount == 0 && assembler.wireLength == 0)
    assembler.close()
    #expect(!assembler.isOpen && assembler.message.kept == [])
  }
}
