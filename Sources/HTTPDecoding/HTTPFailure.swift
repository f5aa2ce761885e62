/// Why one direction of a connection can no longer be read as HTTP/1.x.
public enum HTTPFailure: String, Sendable, Hashable, CaseIterable {
  /// The first line is no request line or status line of HTTP/1.x, so that this is another protocol or framing was lost.
  case notHTTP
  /// The line begins as a status line does, but has no three-digit status.
  case malformedStatusLine
  /// The head or the trailers are longer than `Limits.httpHeadBytes`.
  case headTooLarge
  /// The head or the trailers have more fields than `Limits.httpFields`.
  case tooManyFields
  /// A chunk does not begin with a hexadecimal size (RFC 9112 §7.1).
  case malformedChunkSize
  /// A chunk's size does not fit 64 bits.
  case chunkSizeTooLarge
  /// A chunk's size line is longer than `Limits.httpChunkLineBytes`.
  case chunkLineTooLong
  /// No line end stands behind a chunk's data.
  case malformedChunkEnd
  /// Bytes were lost where each of them counted, so that the next message cannot be found.
  case bytesLost
}
