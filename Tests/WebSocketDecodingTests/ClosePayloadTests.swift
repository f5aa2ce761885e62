import TestSupport
import Testing
import WebSocketDecoding

struct ClosePayloadTests {
  private func payload(_ bytes: [UInt8]) -> ClosePayload { withSpan(bytes) { ClosePayload($0) } }

  @Test func `a close payload is empty, one byte, or a code and a reason`() {
    #expect(payload([]) == .empty)
    #expect(payload([0x03]) == .oneByte)
    #expect(payload(hex("03 e8")) == .status(CloseCode(rawValue: 1000), reasonOffset: 2))
    #expect(payload(hex("03 e8 62 79 65")) == .status(CloseCode(rawValue: 1000), reasonOffset: 2))
    #expect(payload(hex("00 00")) == .status(CloseCode(rawValue: 0), reasonOffset: 2))
    #expect(payload(hex("ff ff 00")) == .status(CloseCode(rawValue: 65535), reasonOffset: 2))
  }

  @Test(arguments: ["03 e8 ff", "03 e8 61 c3", "03 e8 e2 82", "03 e8 ed a0 80", "03 e8 c0 80"])
  func `a reason that is not UTF-8, or ends inside a character, is invalid`(text: String) {
    #expect(payload(hex(text)) == .invalidReason(CloseCode(rawValue: 1000)))
  }

  @Test func `the code is at hand where there is one`() {
    #expect(payload([]).code == nil)
    #expect(payload([1]).code == nil)
    #expect(payload(hex("03 e9")).code?.rawValue == 1001)
    #expect(payload(hex("0f a0 80")).code?.rawValue == 4000)
  }
}
