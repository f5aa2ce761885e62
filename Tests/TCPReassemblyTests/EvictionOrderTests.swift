import TestSupport
import Testing

@testable import TCPReassembly

/// Which connections go first, without sorting them all.
struct EvictionOrderTests {
  @Test func `lower worth goes first, and then longer idle time`() {
    var generator = SeededGenerator(seed: 4)
    let times =
      [0, 1, 7, 8, 9, 1000, 1 << 40, .max, -1, .min]
      + (0..<200).map { _ in Int64.random(in: 0...1 << Int64.random(in: 3...62, using: &generator), using: &generator) }
    for worth in Connection.Worth.allCases {
      for other in Connection.Worth.allCases {
        for idle in times {
          for otherIdle in times {
            let rank = EvictionOrder.Rank(worth, idle: idle)
            let otherRank = EvictionOrder.Rank(other, idle: otherIdle)
            if worth.rawValue < other.rawValue { #expect(rank < otherRank) }
            if worth == other, idle > otherIdle { #expect(!(otherRank < rank), "\(idle) and \(otherIdle)") }
          }
        }
      }
    }
  }

  @Test func `idle times that differ by an eighth have different ranks`() {
    for power in 4...61 {
      let idle = Int64(1) << Int64(power)
      #expect(EvictionOrder.Rank(.wanted, idle: idle + idle / 8) < EvictionOrder.Rank(.wanted, idle: idle))
    }
  }

  @Test func `the last rank is the one with which the goal is reached`() {
    var order = EvictionOrder()
    order.count(EvictionOrder.Rank(.wanted, idle: 1 << 30), cost: 100)
    order.count(EvictionOrder.Rank(.silent, idle: 1 << 20), cost: 10)
    order.count(EvictionOrder.Rank(.silent, idle: 1 << 30), cost: 10)
    #expect(order.last(for: 10) == EvictionOrder.Rank(.silent, idle: 1 << 30))
    #expect(order.last(for: 11) == EvictionOrder.Rank(.silent, idle: 1 << 20))
    #expect(order.last(for: 21) == EvictionOrder.Rank(.wanted, idle: 1 << 30))
    #expect(!(order.last(for: 1000) < EvictionOrder.Rank(.wanted, idle: 0)))
  }
}
