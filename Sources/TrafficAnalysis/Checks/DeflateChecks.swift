internal import WebSocketDecoding

/// The checks that a compressed message's data can fail (RFC 7692 §7.2.1).
enum DeflateChecks {
  /// The rule that a finding breaks, its severity where that is not the catalogue's, and what was seen.
  static func violation(_ finding: DeflateFinding) -> (Rule, Rule.Severity?, detail: String) {
    switch finding {
    // How many bytes were there by then depends on how they were cut.
    case .failed(let failure, _): return (.deflateInflateFailed, nil, text(failure))
    case .tookOver(let reach, let offset):
      return (
        .deflateTakeoverViolated, nil,
        "byte \(offset) is copied from \(reach) bytes before the message, which is to stand for itself"
      )
    case .windowExceeded(let distance, let offset, let bits):
      // zlib deflates with a window of 9 bits where it is asked for 8.
      let isHabit = bits == 8 && distance <= 512
      return (
        .deflateWindowExceeded, isHabit ? .notice : nil,
        "byte \(offset) is copied over a distance of \(distance), the window has \(1 << bits) bytes"
      )
    case .fragmentTailsRemoved(let fragments):
      return (
        .deflateFragmentTailRemoved, nil,
        "the \(fragments) fragments inflate with 00 00 ff ff at the end of each but the last"
      )
    case .tailNotRemoved: return (.deflateTailNotRemoved, nil, "the message ends with 00 00 ff ff")
    case .paddingNotZero(let offset):
      return (.deflateBfinalPadding, nil, "byte \(offset): bits behind the final block are not zero")
    case .blockInsideByte:
      return (.deflateBfinalPadding, nil, "the block behind the final one does not begin with the next byte")
    case .bomb(let length, let wireLength, let messages):
      return (
        .deflateBomb, nil,
        (messages == 1 ? "" : "\(messages) messages, ") + "\(wireLength) bytes inflate to \(length) at least"
      )
    }
  }

  private static func text(_ failure: DeflateFailure) -> String {
    switch failure {
    case .fault(.blockType(let bit)): "block type 3 at bit \(bit)"
    case .fault(.storedLength(let bit)): "length of a stored block and its complement do not fit at bit \(bit)"
    case .fault(.codeCounts(let bit)): "too many codes at bit \(bit)"
    case .fault(.codeLengths(let bit)): "code lengths that make no code at bit \(bit)"
    case .fault(.symbol(let bit)): "no code at bit \(bit)"
    case .reach(let reach, let offset):
      "byte \(offset) is copied from \(reach) bytes before the message, where nothing is to refer to"
    case .endsInsideBlock: "the message ends inside a block"
    case .noEmptyBlock: "whole blocks, but not the octet in which the empty block behind them begins"
    case .tailTwice: "the message has the tail 00 00 ff ff, which the receiver appends again"
    case .empty: "a compressed message has an octet at least"
    case .unknown: "no deflate data"
    }
  }
}
