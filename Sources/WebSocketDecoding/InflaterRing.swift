internal import NetworkTypes

/// The directions whose inflaters are kept between messages, because their windows last (RFC 7692 §7.1.1).
///
/// An inflater takes 41 KB, however little went through it, and most WebSockets are idle most of the time. So only so
/// many are kept; of a direction that was not heard of for long, the window alone is. Which one that is, is found by a
/// hand that goes round: it passes over those that were used since it last came by.
final class InflaterRing {
  private var members: [MessageInflater?] = []
  private var free: [Int] = []
  private var hand = 0
  private let limit: Int
  private let memory: MemoryAccount?

  /// A ring of so many members, whose inflaters are noted in an account.
  init(limit: Int, memory: MemoryAccount?) {
    self.limit = max(1, limit)
    self.memory = memory
  }

  /// Members.
  var count: Int { members.count - free.count }

  /// Takes in a direction that is between two messages; another may have to set its inflater aside for it.
  ///
  /// - Returns: Its place.
  func add(_ member: MessageInflater) -> Int {
    if members.count == limit, free.isEmpty { setOneAside() }
    note(Inflater.heldBytes)
    if let place = free.popLast() {
      members[place] = member
      return place
    }
    members.append(member)
    return members.count - 1
  }

  /// Lets a direction go that needs its place no more.
  func remove(at place: Int) {
    members[place] = nil
    free.append(place)
    note(-Inflater.heldBytes)
  }

  private func setOneAside() {
    while true {
      hand = (hand + 1) % members.count
      guard let member = members[hand] else { return }
      // A second round finds none that was used since the first.
      if member.wasUsed {
        member.wasUsed = false
      } else {
        return member.setAside()
      }
    }
  }

  private func note(_ byteCount: Int) {
    memory?.add(byteCount)
    memory?.hasChanged = true
  }
}
