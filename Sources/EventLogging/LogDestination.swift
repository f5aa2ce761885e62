/// Takes the lines of a log.
public protocol LogDestination: AnyObject {
  /// Whether nothing more can be written.
  var isBroken: Bool { get }
  /// Takes whole lines, never a part of one.
  func write(_ lines: RawSpan)
}
