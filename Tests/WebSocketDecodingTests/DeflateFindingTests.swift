import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

/// What an assembler finds wrong with compressed messages, and what it holds to find it.
struct DeflateFindingTests {
  private static let hello = hex("f2 48 cd c9 c9 07 00")
  private static let again = hex("f2 00 11 00 00")

  private struct Verdict: Equatable {
    var findings: [DeflateFinding] = []
    var undecoded: MessageAssembler.Undecoded?
    var text: [UInt8] = []
  }

  private func assembler(
    _ compression: MessageAssembler.Compression, past: MessageAssembler.Past = MessageAssembler.Past()
  ) -> MessageAssembler {
    MessageAssembler(compression: compression, workspace: PayloadWorkspace(), limits: Limits(), past: past)
  }

  /// Gives a message in fragments, each in pieces of some bytes.
  @discardableResult
  private func run(
    _ fragments: [[UInt8]], _ assembler: MessageAssembler, piece: Int = .max, mask: UInt32? = nil
  ) -> Verdict {
    var verdict = Verdict()
    assembler.begin(.binary, isCompressed: true)
    for fragment in fragments {
      assembler.beginFrame()
      let wire = mask.map { WebSocketFrame.masked(fragment, with: $0) } ?? fragment
      for start in stride(from: 0, to: wire.count, by: min(piece, wire.count + 1)) {
        let end = min(wire.count, start &+ min(piece, wire.count))
        withSpan(Array(wire[start..<end])) { assembler.append($0, maskingKey: mask, offset: UInt64(start)) }
        verdict.findings += assembler.takeFindings()
      }
    }
    assembler.finish()
    verdict.findings += assembler.takeFindings()
    verdict.undecoded = assembler.undecoded
    if verdict.undecoded == nil { verdict.text = assembler.withKept { $0.copied() } }
    assembler.close()
    return verdict
  }

  @Test func `pieces and masks do not show in what is found`() {
    let bytes = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let cases: [(MessageAssembler.Compression, [[[UInt8]]], [DeflateFinding])] = [
      (.deflate(resetsContext: true), [[Self.hello], [Self.again]], [.tookOver(reach: 4, offset: 1)]),
      (
        .deflate(resetsContext: false, windowBits: 9),
        [[DeflateBits.message(bytes)], [DeflateBits.message(copyingFrom: 512, 513)]],
        [.windowExceeded(distance: 513, offset: 3, windowBits: 9)]
      ),
      (.deflate(resetsContext: false), [[hex("f3 48 cd c9 c9 07 80 00")]], [.paddingNotZero(offset: 6)]),
      (
        .deflate(resetsContext: false), [[Self.hello + hex("00 00 ff ff")]],
        [.failed(.tailTwice, byteCount: 11), .tailNotRemoved]
      ),
      (.deflate(resetsContext: false), [[[]]], [.failed(.empty, byteCount: 0)]),
    ]
    for (compression, messages, findings) in cases {
      for piece in [1, 2, 3, 7, 100, Int.max] {
        for mask in [nil, 0x0102_0304] as [UInt32?] {
          let assembler = assembler(compression)
          let verdicts = messages.map { run($0, assembler, piece: piece, mask: mask) }
          #expect(verdicts.flatMap(\.findings) == findings && verdicts.allSatisfy { $0.undecoded == nil })
          assembler.discard()
        }
      }
    }
  }

  @Test func `fragments that lack their tails are told apart from others`() {
    for piece in [1, 2, 5, Int.max] {
      let assembler = assembler(.deflate(resetsContext: false))
      let verdict = run([Self.hello, [], Self.again, Self.again], assembler, piece: piece)
      #expect(verdict.undecoded == .inflateFailed)
      #expect(verdict.findings.last == .fragmentTailsRemoved(fragments: 4) && verdict.findings.count == 2)
      assembler.discard()
    }
  }

  @Test func `what was not agreed on is not judged`() {
    for message in [[0xff], Self.again, [], Self.hello + hex("00 00 ff ff"), hex("f3 48 cd c9 c9 07 80 00")] {
      let assembler = assembler(.deflate(resetsContext: false, windowBits: nil))
      #expect(run([message], assembler).findings == [])
      assembler.discard()
    }
  }

  @Test func `where each message stands for itself, the output of the first ones is held, and no more`() {
    let assembler = assembler(.deflate(resetsContext: true))
    #expect(assembler.isAtRest && assembler.heldBytes == 0)
    run([Self.hello], assembler)
    #expect(!assembler.isAtRest && 5...300 ~= assembler.heldBytes)
    let large = DeflateBits.message([UInt8](repeating: 0x61, count: 60_000))
    for _ in 2..<16 {
      run([large], assembler)
      #expect(32768...40_000 ~= assembler.heldBytes)
    }
    run([large], assembler)
    #expect(assembler.isAtRest && assembler.heldBytes == 0)
    // A direction whose messages may refer back has its window, and that is all.
    let other = self.assembler(.deflate(resetsContext: false))
    run([Self.hello], other)
    #expect(other.heldBytes < 50_000)
    other.discard()
    #expect(other.heldBytes == 0)
  }

  @Test func `an assembler in the place of one at rest knows what it must`() {
    let first = assembler(.deflate(resetsContext: true))
    for _ in 0..<16 { run([Self.hello], first) }
    #expect(first.isAtRest)
    let second = assembler(.deflate(resetsContext: true), past: first.past)
    #expect(
      run([Self.again], second)
        == Verdict(findings: [.tookOver(reach: 4, offset: 1)], undecoded: .contextLost))
    #expect(second.isAtRest)
    let third = assembler(.deflate(resetsContext: true), past: second.past)
    #expect(run([Self.hello], third).text == Array("Hello".utf8))
    #expect(run([Self.again], third) == Verdict(findings: [.tookOver(reach: 4, offset: 1)], text: Array("Hello".utf8)))
    third.discard()

    let lost = assembler(.deflate(resetsContext: false))
    lost.loseContext()
    #expect(lost.isAtRest)
    let behind = assembler(.deflate(resetsContext: false), past: lost.past)
    #expect(run([Self.again], behind) == Verdict(undecoded: .contextLost))
    behind.discard()
  }

  @Test func `small bombs add up over messages, plain ones apart`() {
    // 20,000 zeros by zlib in 37 bytes.
    let small = hex("ecc13101000000c2a0f54f6d0d0fa000000000000000000000000000000000000000783000")
    var past = MessageAssembler.Past()
    var told: [DeflateFinding] = []
    for round in 0..<106 {
      let assembler = assembler(.deflate(resetsContext: true), past: past)
      let verdict = run([small], assembler)
      #expect(verdict.undecoded == nil)
      told += verdict.findings
      past = assembler.past
      assembler.discard()
      if round == 52 { #expect(told.count == 1) }
    }
    let bomb = DeflateFinding.bomb(length: 1_060_000, wireLength: 53 * small.count, messages: 53)
    #expect(told == [bomb, bomb])
  }
}
