internal import NetworkTypes

/// What stands at a place where a record may begin.
enum ChainLink {
  /// A record that makes sense, and the offset behind it, which may lie beyond the bytes at hand.
  case record(end: Int)
  /// Too few bytes to say.
  case short
  /// No record.
  case nothing
}

/// A file format whose records follow each other without gaps.
protocol ChainedRecords {
  /// What a record says of how the next one is to be read.
  associatedtype Context

  /// Records that lead exactly to the end of the file and so prove that the last one's length is wrong.
  var recordsInsideLast: Int { get }

  /// Looks at the bytes from `offset` on, which is within them or at their end.
  ///
  /// `isFirst` says that the chain is to begin here, which takes more than to go on. `context` is what the record before
  /// said, and becomes what this one says, where it is one.
  func link(_ bytes: RawSpan, at offset: Int, isFirst: Bool, _ context: inout Context) -> ChainLink
}

/// Looks behind damage for the place where records begin again.
///
/// One header that makes sense proves nothing, and packets may hold capture files themselves, whose records are followed
/// to the packet's end. A place is believed if the records from there on lead exactly to the end of the file; or to a
/// record that is cut by the end of the file, with some before it; or through more bytes than a packet holds, in several
/// records. Each byte is looked at a bounded number of times: where a chain has led nowhere, none that joins it is
/// followed again.
struct ChainSearch {
  /// How the search went.
  enum Outcome {
    /// Records begin at this offset.
    case found(Int)
    /// None begins before this offset; more bytes are needed to say more.
    case waiting(Int)
    /// None begins in the rest of the file.
    case nothing
  }

  /// Whether what is searched is the last record, of which it is only known that it is longer than the file.
  ///
  /// Most likely the file is just cut there, so that more is asked of a chain.
  var isInsideLastRecord = false
  /// Places from which a chain has led nowhere, as offsets into the file.
  private var refuted: Set<Int> = []

  /// Records of a chain that is believed before its end is seen.
  private static let manyRecords = 8
  /// Bytes of such a chain: more than nearly all packets have.
  private static let manyBytes = 64 << 10
  /// Records before one that the end of the file cuts.
  private static let recordsBeforeCut = 4
  /// Bytes that are looked ahead; a chain that is not proven by then is given up.
  private static let lookahead = 4 << 20
  /// Refuted places that are kept before those behind are forgotten.
  private static let mostRefuted = 1 << 17

  /// Looks for records from the offset `start` on.
  ///
  /// `bytes` are what is at hand, `fileOffset` is where in the file they begin, and `isLast` says that nothing follows.
  mutating func run<Records: ChainedRecords>(
    _ bytes: RawSpan, from start: Int, fileOffset: Int, isLast: Bool, in records: Records, context: Records.Context
  ) -> Outcome {
    var candidate = start
    while candidate < bytes.byteCount {
      switch verdict(bytes, on: candidate, fileOffset: fileOffset, isLast: isLast, in: records, context: context) {
      case .proven: return .found(candidate)
      case .unknown: return .waiting(candidate)
      case .refuted: candidate += 1
      }
    }
    return isLast ? .nothing : .waiting(candidate)
  }

  private enum Verdict {
    case proven
    case refuted
    case unknown
  }

  private mutating func verdict<Records: ChainedRecords>(
    _ bytes: RawSpan, on candidate: Int, fileOffset: Int, isLast: Bool, in records: Records, context: Records.Context
  ) -> Verdict {
    let end = bytes.byteCount
    var context = context
    var offset = candidate
    var count = 0
    var passed: [Int] = []
    chain: while true {
      if count >= Self.manyRecords, offset - candidate >= Self.manyBytes { return .proven }
      if offset == end {
        guard isLast else { return .unknown }
        if count >= (isInsideLastRecord ? records.recordsInsideLast : 1) { return .proven }
        break
      }
      if offset - candidate > Self.lookahead || refuted.contains(fileOffset + offset) { break }
      switch records.link(bytes, at: offset, isFirst: count == 0, &context) {
      case .record(let next):
        if next <= end {
          if count > 0 { passed.append(fileOffset + offset) }
          count += 1
          offset = next
          continue chain
        }
        if !isLast { return next - candidate > Self.lookahead ? .refuted : .unknown }
        if count >= Self.recordsBeforeCut, !isInsideLastRecord { return .proven }
      case .short:
        if !isLast { return .unknown }
        if count >= Self.recordsBeforeCut, !isInsideLastRecord { return .proven }
      case .nothing: break
      }
      break
    }
    if !passed.isEmpty {
      if refuted.count + passed.count > Self.mostRefuted {
        refuted = refuted.filter { $0 > fileOffset + candidate }
      }
      refuted.formUnion(passed)
    }
    return .refuted
  }
}
