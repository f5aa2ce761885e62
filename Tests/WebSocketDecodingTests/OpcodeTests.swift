import Testing
import WebSocketDecoding

struct OpcodeTests {
  @Test func `opcodes are those of RFC 6455 §11_8`() {
    let names = [
      "continuation", "text", "binary", "reserved_data", "reserved_data", "reserved_data", "reserved_data",
      "reserved_data", "close", "ping", "pong", "reserved_control", "reserved_control", "reserved_control",
      "reserved_control", "reserved_control",
    ]
    for value in UInt8(0)..<16 {
      let opcode = Opcode(rawValue: value)
      #expect(opcode.rawValue == value && opcode.name == names[Int(value)])
      #expect(opcode.isControl == (value >= 8))
      #expect(opcode.isReserved == ((3...7).contains(value) || value >= 11))
    }
  }

  @Test func `only four bits make the opcode`() {
    #expect(Opcode(rawValue: 0xf1) == .text)
    #expect(Opcode(rawValue: 0x8a) == .pong)
  }
}
