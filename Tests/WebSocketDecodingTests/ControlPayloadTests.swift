import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

struct ControlPayloadTests {
  private func take(_ pieces: [[UInt8]], mask: UInt32? = nil, into control: ControlPayload) {
    control.begin()
    var offset: UInt64 = 0
    for piece in pieces {
      withSpan(piece) { control.append($0, maskingKey: mask, offset: offset) }
      offset += UInt64(piece.count)
    }
  }

  private func control(kept: Int = 65536) -> ControlPayload {
    var limits = Limits()
    limits.keptPayloadBytes = kept
    return ControlPayload(workspace: PayloadWorkspace(), limits: limits)
  }

  @Test func `a payload is put together from its pieces`() {
    let control = control()
    let text = Array("ping ü".utf8)
    let masked = WebSocketFrame.masked(text, with: 0x0102_0304)
    for cut in 0...masked.count {
      take([Array(masked[..<cut]), Array(masked[cut...])], mask: 0x0102_0304, into: control)
      #expect(control.withKept { $0.copied() } == text && control.length == text.count)
      #expect(control.isWholeText && !control.hasHole && !control.isTruncated)
      control.close()
    }
  }

  @Test func `a whole control frame is kept whatever is kept of messages`() {
    let control = control(kept: 0)
    take([[UInt8](repeating: 0x61, count: 125)], into: control)
    #expect(control.withKept { $0.byteCount } == 125 && !control.isTruncated)
    take([[UInt8](repeating: 0x61, count: 126)], into: control)
    #expect(control.withKept { $0.byteCount } == 125 && control.isTruncated && control.length == 126)
  }

  @Test func `nothing of one frame is left in the next`() {
    let control = control()
    take([[0xff, 1, 2, 3]], into: control)
    #expect(!control.isWholeText)
    control.markHole()
    #expect(control.hasHole)
    take([], into: control)
    #expect(control.length == 0 && control.isWholeText && !control.hasHole && control.withKept { $0.byteCount } == 0)
  }

  @Test func `a hole ends what is kept, and a character that is cut is no text`() {
    let control = control()
    take([Array("ab".utf8)], into: control)
    control.markHole()
    withSpan(Array("cd".utf8)) { control.append($0, maskingKey: nil, offset: 4) }
    #expect(control.withKept { $0.copied() } == Array("ab".utf8) && control.length == 2)
    take([[0x61, 0xc3]], into: control)
    #expect(!control.isWholeText)
  }
}
