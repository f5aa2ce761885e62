import Testing
import WebSocketDecoding

struct CloseCodeTests {
  @Test func `every number has the standing that RFC 6455 §7_4 and the registry give it`() {
    // 1012 to 1014 come from the IANA registry of close codes, the rest from §7.4.1 and §7.4.2.
    let usable: Set<Int> = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
    let registered: Set<Int> = [3000, 3003, 3008]
    let forbidden: Set<Int> = [1005, 1006, 1015]
    var wrong: [Int] = []
    for number in 0...65535 {
      let expected: CloseCode.Standing =
        if number < 1000 || number >= 5000 {
          .outOfRange
        } else if number >= 4000 || registered.contains(number) || usable.contains(number) {
          .usable
        } else if number >= 3000 {
          .unregistered
        } else if forbidden.contains(number) {
          .forbidden
        } else if number == 1004 {
          .reserved
        } else {
          .unassigned
        }
      if CloseCode(rawValue: UInt16(number)).standing != expected { wrong.append(number) }
    }
    #expect(wrong == [])
  }
}
