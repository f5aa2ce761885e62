import NetworkTypes
import Testing

struct TimestampTests {
  private static let largest: Int64 = 9_007_199_254_740_991

  @Test func `times are clamped so that their microseconds are exact in a double`() {
    #expect(Timestamp(nanoseconds: .max).microseconds == Self.largest)
    #expect(Timestamp(nanoseconds: .min).microseconds == -Self.largest)
    #expect(Int64(Double(Self.largest)) == Self.largest)
  }

  @Test(arguments: [(0, 0), (999, 0), (1000, 1), (-1, -1), (-1000, -1), (-1001, -2)] as [(Int64, Int64)])
  func `microseconds are rounded down`(nanoseconds: Int64, microseconds: Int64) {
    #expect(Timestamp(nanoseconds: nanoseconds).microseconds == microseconds)
  }

  @Test func `differences beyond 292 years are clamped`() {
    let (early, late) = (Timestamp(nanoseconds: .min), Timestamp(nanoseconds: .max))
    #expect(late.nanoseconds(since: early) == .max)
    #expect(early.nanoseconds(since: late) == -.max)
    #expect(late.microseconds(since: early) == 9_007_199_254_740_991)
    #expect(early.microseconds(since: late) == 0)
  }

  @Test func `a clock that goes back gives no time`() {
    let (early, late) = (Timestamp(nanoseconds: -1_000), Timestamp(nanoseconds: 5_999))
    #expect(late.nanoseconds(since: early) == 6_999)
    #expect(early.nanoseconds(since: late) == -6_999)
    #expect(late.microseconds(since: early) == 6)
    #expect(early.microseconds(since: late) == 0)
    #expect(early < late)
    #expect(Timestamp.epoch.nanoseconds == 0)
  }
}
