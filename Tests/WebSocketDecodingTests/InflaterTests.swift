import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

struct InflaterTests {
  /// What became of a series of messages, each given in pieces.
  private struct Result: Equatable {
    var texts: [[UInt8]] = []
    var outcomes: [Inflater.Ending] = []
  }

  private func inflate(_ messages: [[[UInt8]]], with inflater: Inflater = Inflater(), limit: Int = 1 << 20) -> Result {
    let scratch = ByteBuffer(capacity: 16)
    var result = Result()
    for pieces in messages {
      var text: [UInt8] = []
      var outcome = Inflater.Outcome.consumed
      for piece in pieces where outcome == .consumed {
        outcome = withSpan(piece) {
          inflater.inflate($0, through: scratch, limit: limit - text.count) { text += $0.copied() }
        }
      }
      switch outcome {
      case .failed: result.outcomes.append(.failed)
      case .limitReached: result.outcomes.append(.limitReached)
      case .consumed:
        result.outcomes.append(
          inflater.finishMessage(through: scratch, limit: limit - text.count) { text += $0.copied() })
      }
      result.texts.append(text)
    }
    return result
  }

  private func inflate(_ messages: String..., limit: Int = 1 << 20) -> Result {
    inflate(messages.map { [hex($0)] }, limit: limit)
  }

  private func expect(
    _ result: Result, is texts: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      result
        == Result(texts: texts.map { Array($0.utf8) }, outcomes: texts.map { _ in .whole }),
      sourceLocation: sourceLocation)
  }

  @Test func `the examples of RFC 7692 §7_2_3 inflate`() {
    // One block (§7.2.3.1).
    expect(inflate("f2 48 cd c9 c9 07 00"), is: "Hello")
    // The window taken over and not (§7.2.3.2).
    expect(inflate("f2 48 cd c9 c9 07 00", "f2 00 11 00 00"), is: "Hello", "Hello")
    expect(inflate("f2 48 cd c9 c9 07 00", "f2 48 cd c9 c9 07 00"), is: "Hello", "Hello")
    // A block without compression (§7.2.3.3).
    expect(inflate("00 05 00 fa ff 48 65 6c 6c 6f 00"), is: "Hello")
    // A block with BFINAL (§7.2.3.4).
    expect(inflate("f3 48 cd c9 c9 07 00 00"), is: "Hello")
    // Two blocks in one message (§7.2.3.5).
    expect(inflate("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), is: "Hello")
    // An empty message (§7.2.3.6).
    expect(inflate("00"), is: "")
    expect(inflate("00", "f2 48 cd c9 c9 07 00", "00", "f2 00 11 00 00"), is: "", "Hello", "", "Hello")
  }

  @Test func `the window is taken over from message to message as zlib writes it`() {
    // Python: o = zlib.compressobj(9, zlib.DEFLATED, -15, 9); o.compress(text) + o.flush(Z_SYNC_FLUSH), without 00 00 ff ff.
    let first = "aa562aa92c4855b2522a294a4c4955d2512a28ca4c06f10d0d0cf58c4c8102c5995540be792d00"
    let second = "c2abd2d400aed2b21600"
    expect(
      inflate(first, second, "00"), is: #"{"type":"trade","price":"101.25","size":7}"#,
      #"{"type":"trade","price":"101.50","size":9}"#, "")
  }

  @Test func `cuts of the input do not show`() {
    let messages = [
      "f2 48 cd c9 c9 07 00", "f2 00 11 00 00", "f3 48 cd c9 c9 07 00 00", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00",
      "00 05 00 fa ff 48 65 6c 6c 6f 00",
      "34cfbb0d80301004d1562881dde567b91e02248bfe43846e1c4d744f7be379ef65ede38f2aaea4b255f6ca51392b57a5713e191c010949"
        + "50c21298d004273ce379eec2339ef18c673ce319cf78c10b5ee6a378c10b5ef08217bcb4fe01",
    ].map(hex)
    for message in messages {
      // The window of the first message stands before each, so that the one with a reference back is whole.
      let texts = verifySplits(of: message) { chunks in
        let result = inflate([[messages[0]], chunks])
        #expect(result.outcomes == [.whole, .whole])
        return result.texts
      }
      #expect(texts[0] == Array("Hello".utf8))
      let lines = (0..<40).map { "line \($0);" }.joined()
      #expect(texts[1] == Array("Hello".utf8) || texts[1] == Array(lines.utf8))
    }
  }

  @Test func `a message in small windows inflates`() {
    // Python: compressobj(9, DEFLATED, -9, 9).
    let result = inflate("4a4c4a4e494d4bcfc8cc4a1c658db24659a3ac51d6286b943544590000")
    expect(result, is: String(repeating: "abcdefghij", count: 200))
  }

  @Test func `output of more than a window comes whole`() {
    let expected = [UInt8](repeating: 0x41, count: 100_000)
    let result = inflate(zipped100000)
    #expect(result.outcomes == [.whole] && result.texts == [expected])
    verifySplits(of: hex(zipped100000)) { inflate([$0]).texts.map(\.count) }
  }

  /// Python: 100,000 letters A by compressobj(9, DEFLATED, -15, 9) and a sync flush.
  private let zipped100000 =
    "ecc13101000000c2a06ceb5fca1a1e4001000000000000000000000000000000000000000000000000000000000000000000"
    + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    + "00000000000000000000000000af06"

  @Test func `what follows a final block may refer back past it`() {
    // The first message ends with BFINAL, the second was written by zlib with that text as its dictionary.
    let final = "0bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2806"
    expect(inflate(final + "0000", "42130400"), is: "The quick brown fox jumps", "quick brown fox")
    // The same without the byte that RFC 7692 §7.2.3.4 appends: all its blocks are whole, and the window stands.
    let bare = inflate(final + "00", "42130400")
    #expect(bare.texts == ["The quick brown fox jumps", "quick brown fox"].map { Array($0.utf8) })
    #expect(bare.outcomes == [.unterminated, .whole])
    // Both in one message.
    expect(inflate(final + "00" + "42130400"), is: "The quick brown fox jumpsquick brown fox")
    verifySplits(of: hex(final + "00" + "42130400")) { inflate([$0]).texts }
  }

  @Test func `what follows thousands of final blocks may refer back past them all`() {
    // 03 00 is an empty final block of fixed codes: a megabyte of them is lawful, and none may cost the window.
    let blocks = (0..<40_000).map { $0.isMultiple(of: 2) ? 0x03 : 0x00 as UInt8 } + [0]
    let inflater = Inflater()
    expect(inflate([[hex("f2 48 cd c9 c9 07 00")]], with: inflater), is: "Hello")
    expect(inflate([[blocks]], with: inflater), is: "")
    expect(inflate([[hex("f2 00 11 00 00")]], with: inflater), is: "Hello")
  }

  @Test(arguments: [
    "07", "ff ff ff", "00 01 00 00 00 41", "04 00 00", "06", "f2 00 11 00 00", "00 05 00 fa ff 48 65",
    "f2 48 cd", "f2 48 cd c9", "aa562aa92c4855b2522a294a4c4955d2", "00 05",
  ])
  func `garbage and cut messages fail`(text: String) {
    #expect(inflate(text).outcomes == [.failed])
  }

  @Test func `every cut of a message fails or gives a beginning of its text`() {
    let message = hex("aa562aa92c4855b2522a294a4c4955d2512a28ca4c06f10d0d0cf58c4c8102c5995540be792d00")
    #expect(inflate("").outcomes == [.unterminated])
    for count in 1..<message.count - 1 {
      let result = inflate([[Array(message[..<count])]])
      #expect(result.outcomes == [.failed], "cut at \(count)")
    }
  }

  @Test func `output stops at the limit`() {
    let bomb = hex(zipped100000)
    for limit in [0, 1, 32767, 32768, 99_999] {
      let result = inflate([[bomb]], limit: limit)
      #expect(result.outcomes == [.limitReached])
      #expect(result.texts[0].count <= limit)
    }
    #expect(inflate([[bomb]], limit: 100_000).outcomes == [.whole])
    #expect(inflate([[bomb], [bomb]], limit: 100_000).outcomes == [.whole, .whole])
    #expect(inflate("00", limit: 0).outcomes == [.whole])
  }

  @Test func `a reset forgets the window and an unfinished block`() {
    let inflater = Inflater()
    let hello = hex("f2 48 cd c9 c9 07 00")
    expect(inflate([[hello]], with: inflater), is: "Hello")
    inflater.reset()
    #expect(inflate([[hex("f2 00 11 00 00")]], with: inflater).outcomes == [.failed])
    inflater.reset()
    expect(inflate([[hello]], with: inflater), is: "Hello")
    #expect(inflate([[Array(hello[..<3])]], with: inflater).outcomes == [.failed])
    inflater.reset()
    expect(inflate([[hello]], with: inflater), is: "Hello")
    #expect(inflate([[hex("f3 48 cd c9 c9 07 00")]], with: inflater).outcomes == [.unterminated])
    inflater.reset()
    expect(inflate([[hello]], with: inflater), is: "Hello")
  }

  @Test func `a message that ends between blocks is whole, and so is what follows`() {
    // A stored block alone; the tail that is to be removed; no octet at all; a final block.
    let hello = "f2 48 cd c9 c9 07 00"
    for (message, text) in [
      ("00 05 00 fa ff 48 65 6c 6c 6f", "Hello"), ("f2 48 cd c9 c9 07 00 00 00 ff ff", "Hello"), ("", ""),
      ("f3 48 cd c9 c9 07 00", "Hello"),
    ] {
      let result = inflate(hello, message, "f2 00 11 00 00")
      #expect(result.texts == ["Hello", text, "Hello"].map { Array($0.utf8) }, "\(message)")
      #expect(result.outcomes == [.whole, .unterminated, .whole], "\(message)")
    }
  }

  @Test func `random bytes never stop the inflater`() {
    var random = SeededGenerator(seed: 7692)
    for _ in 0..<3000 {
      let pieces = (0..<3).map { _ in random.bytes(Int.random(in: 0...30, using: &random)) }
      _ = inflate([pieces], limit: 4096)
    }
  }
}
