/// Takes the lines of a log.
public protocol LogDestination: AnyObject {
  /// Whether nothing more can be written.
  var isBroken: Bool { get }
  /// Lines that were dropped, as nothing could be written; `nil` where the first such failure ends the run.
  var droppedLines: Int? { get }
  /// Takes whole lines, never a part of one.
  func write(_ lines: RawSpan)
}

extension LogDestination {
  /// None are dropped.
  public var droppedLines: Int? { nil }
}
