internal import NetworkTypes

/// Bytes as a key of a table: hashed at once, where an array hashes them one by one.
struct ByteKey: Hashable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes: bytes) }
}
