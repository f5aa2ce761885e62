/// Which copy counts where two segments carry different bytes for the same place in the stream.
public enum OverlapPolicy: String, Sendable, CaseIterable {
  /// The copy that was captured first, as most receivers do.
  case first
  /// The copy that was captured last, as long as the first was not passed on yet.
  case last
}
