import NetworkTypes
import Testing

struct SequenceNumberTests {
  @Test(
    arguments: [
      (0, 0, 0), (5, 3, 2), (3, 5, -2), (1, 0xffff_ffff, 2), (0xffff_ffff, 1, -2), (0x7fff_ffff, 0, 0x7fff_ffff),
      // Half the circle away: either sign would do, and it is the negative one.
      (0x8000_0000, 0, -0x8000_0000), (0x8000_0001, 0, -0x7fff_ffff),
    ] as [(UInt32, UInt32, Int)])
  func `distances go the shorter way around`(to: UInt32, from: UInt32, distance: Int) {
    #expect(SequenceNumber(to).distance(from: SequenceNumber(from)) == distance)
  }

  @Test func `advancing wraps and never traps`() {
    #expect(SequenceNumber(0xffff_ffff).advanced(by: 1) == SequenceNumber(0))
    #expect(SequenceNumber(0).advanced(by: -1) == SequenceNumber(0xffff_ffff))
    #expect(SequenceNumber(7).advanced(by: 1 << 32) == SequenceNumber(7))
    #expect(SequenceNumber(7).advanced(by: .max) == SequenceNumber(6))
    #expect(SequenceNumber(7).advanced(by: .min) == SequenceNumber(7))
  }

  @Test func `a distance advanced by comes back`() {
    for start: UInt32 in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0] {
      for step in [-0x8000_0000, -1, 0, 1, 1460, 0x7fff_ffff] {
        let number = SequenceNumber(start)
        #expect(number.advanced(by: step).distance(from: number) == step)
      }
    }
  }
}
