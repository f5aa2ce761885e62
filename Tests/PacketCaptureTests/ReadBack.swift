import NetworkTypes
import PacketCapture

/// A packet with a copy of its bytes, to be compared.
struct Read: Equatable, CustomStringConvertible {
  var nanoseconds: Int64
  var bytes: [UInt8]
  var original: Int
  var linkType: UInt16 = 1
  var number: Int
  var frameCheckBytes = 0
  var file = 0

  var description: String {
    "#\(number) at \(nanoseconds): \(bytes) of \(original), link type \(linkType), FCS \(frameCheckBytes), file \(file)"
  }
}

/// What a source gave.
struct Reading {
  var packets: [Read] = []
  var damage: [CaptureDamage] = []
  var damagedBytes = 0
  var damagedPackets = 0
  var failures: [CaptureError] = []
  var metadata: CaptureMetadata?
}

/// Reads `source` to its end.
func read(_ source: CaptureFileSource) -> Reading {
  var result = Reading()
  while let run = try? source.nextBatch() {
    run.batch.withBytes { bytes in
      for packet in run.batch.packets[run.range] {
        result.packets.append(
          Read(
            nanoseconds: packet.timestamp.nanoseconds, bytes: bytes.extracting(packet.bytes).copied(),
            original: packet.originalLength, linkType: packet.linkType, number: packet.number,
            frameCheckBytes: packet.frameCheckBytes, file: run.batch.fileIndex))
      }
    }
  }
  result.damage = source.damage
  result.damagedBytes = source.damagedBytes
  result.damagedPackets = source.damagedPackets
  result.failures = source.failures
  result.metadata = source.metadata(ofFile: 0)
  return result
}

/// Reads a file with these bytes.
func read(_ bytes: [UInt8], limits: Limits = Limits(), batchBytes: Int = 1 << 16) -> Reading {
  let file = TemporaryFile(bytes)
  return read(CaptureFileSource(paths: [file.path], limits: limits, batchBytes: batchBytes))
}
