import NetworkTypes
import PacketDecoding
import TestSupport
import Testing

/// The builders that the tests of all targets rest on, seen through the decoder.
struct ConversationTests {
  private func segments(_ packets: [BuiltPacket]) -> [TCPSegment] { packets.compactMap { decode($0).segment } }

  @Test func `a conversation counts its sequence numbers`() {
    var talk = Conversation(clientSequence: 0xffff_fffe, serverSequence: 7)
    talk.handshake()
    talk.client("abc")
    talk.ack(from: .server)
    talk.lose(from: .server, [1, 2])
    talk.server([3])
    talk.close()
    let segments = segments(talk.packets)
    #expect(
      segments.map(\.flags) == [
        .syn, [.syn, .ack], .ack, [.psh, .ack], .ack, [.psh, .ack], [.fin, .ack], [.fin, .ack], .ack,
      ])
    #expect(segments.map(\.sequence.value) == [0xffff_fffe, 7, 0xffff_ffff, 0xffff_ffff, 8, 10, 2, 11, 3])
    #expect(segments.map(\.acknowledgment.value) == [0, 0xffff_ffff, 8, 8, 2, 2, 11, 3, 12])
    #expect(segments.allSatisfy { !$0.hasBadChecksum && $0.payload.count == $0.payloadLength })
  }

  @Test func `payloads are cut at the largest segment`() {
    var talk = Conversation(maximumSegment: 4)
    talk.client([UInt8](0..<10))
    #expect(segments(talk.packets).map(\.payloadLength) == [4, 4, 2])
    #expect(segments(talk.packets).map(\.sequence.value) == [1000, 1004, 1008])
  }

  @Test func `packets are taken out, doubled and moved`() {
    var talk = Conversation(maximumSegment: 1)
    talk.client([0, 1, 2, 3])
    let numbers = { (packets: [BuiltPacket]) in segments(packets).map { Int($0.sequence.value) - 1000 } }
    #expect(numbers(talk.packets.dropping(1, 2)) == [0, 3])
    #expect(numbers(talk.packets.duplicating(1)) == [0, 1, 1, 2, 3])
    #expect(numbers(talk.packets.duplicating(0, at: 4)) == [0, 1, 2, 3, 0])
    #expect(numbers(talk.packets.moving(0, to: 2)) == [1, 2, 0, 3])
    let times = talk.packets.moving(0, to: 3).retimed(from: 5, step: 2).map(\.nanoseconds)
    #expect(times == [5, 7, 9, 11])
  }

  @Test func `the split verifier finds a decoder that depends on its chunks`() {
    let sound = verifySplits(of: Array("a,bb,ccc,".utf8), trailing: Array("x,".utf8)) { chunks in
      chunks.joined().split(separator: UInt8(ascii: ",")).map(\.count)
    }
    #expect(sound == [1, 2, 3])
    withKnownIssue {
      verifySplits(of: [1, 2, 3]) { [$0.count] }
    }
  }

  @Test func `programs are run to their end`() {
    let copied = run(["cat"], stdin: Array("hello".utf8))
    #expect(copied.status == 0 && copied.outputText == "hello")
    let failed = run(["sh", "-c", "echo $WORD >&2; exit 3"], environment: ["WORD": "no"])
    #expect(failed.status == 3 && failed.errorText == "no\n" && failed.output.isEmpty)
    let killed = run(["sh", "-c", "kill -9 $$"])
    #expect(killed.status == nil && killed.signal == 9 && !killed.isTimedOut)
    let slow = run(["sleep", "20"], timeoutSeconds: 1)
    #expect(slow.isTimedOut && slow.signal == 9)
    #expect(run(["/nonexistent/program"]).status == 127)
  }

  @Test func `differing lines are shown with the line before them`() {
    #expect(lineDifference(expected: "a\nb\nc\n", actual: "a\nb\nc\n") == nil)
    #expect(lineDifference(expected: "a\nb\nc\n", actual: "a\nx\ny\nc\n") == "at line 2:\n  a\n- b\n+ x\n+ y")
  }

  @Test func `frames are those of RFC 6455 §5_7`() {
    #expect(WebSocketFrame.text("Hello") == hex("81 05 48 65 6c 6c 6f"))
    #expect(WebSocketFrame.text("Hello", mask: 0x37fa_213d) == hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"))
    #expect(
      WebSocketFrame.text("Hel", fin: false) + WebSocketFrame.continuation(Array("lo".utf8))
        == hex("01 03 48 65 6c 80 02 6c 6f"))
    #expect(WebSocketFrame.ping(Array("Hello".utf8)) == hex("89 05 48 65 6c 6c 6f"))
    #expect(WebSocketFrame.binary([UInt8](repeating: 0, count: 256)).prefix(4) == hex("82 7e 01 00")[...])
    #expect(
      WebSocketFrame.binary([UInt8](repeating: 0, count: 65536)).prefix(10) == hex("82 7f 00 00 00 00 00 01 00 00")[...]
    )
    #expect(WebSocketFrame.close(1000, "bye") == hex("88 05 03 e8 62 79 65"))
    #expect(WebSocketFrame.frame(opcode: 1, [1], rsv: 4, form: .sixteenBits, length: 5) == hex("c1 7e 00 05 01"))
  }
}
