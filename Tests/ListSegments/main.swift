import NetworkTypes
import PacketCapture
import PacketDecoding

// Prints what is decoded of capture files, for scripts/compare-tshark:
//
//   file NAME                  each file, then its lines
//   packet N TIME LENGTH       each packet that was read: its number, nanoseconds since 1970, octets
//   segment N FROM TO LENGTH   each TCP segment in it: ports, and octets of payload by the IP header
//   damage, failure TEXT       what was wrong with the file
for path in CommandLine.arguments.dropFirst() {
  print("file \(path)")
  let source = CaptureFileSource(paths: [path])
  var decoder = PacketDecoder(limits: Limits())
  func show(_ decoded: DecodedPacket, _ number: Int) {
    guard case .segment(let segment) = decoded else { return }
    print("segment \(number) \(segment.source.port) \(segment.destination.port) \(segment.payloadLength)")
  }
  do {
    while let run = try source.nextBatch() {
      run.batch.withBytes { bytes in
        for packet in run.batch.packets[run.range] {
          print("packet \(packet.number) \(packet.timestamp.nanoseconds) \(packet.bytes.count)")
          let decoded = decoder.decode(
            bytes, in: packet.bytes, originalLength: packet.originalLength, linkType: packet.linkType,
            frameCheckBytes: packet.frameCheckBytes, timestamp: packet.timestamp)
          if case .container = decoded {
            decoder.decodeContents(bytes, timestamp: packet.timestamp) { inner, _, _ in show(inner, packet.number) }
          } else {
            show(decoded, packet.number)
          }
        }
      }
    }
  } catch {
    print("failure \(error)")
  }
  for failure in source.failures { print("failure \(failure)") }
  for damage in source.damage { print("damage \(damage)") }
}
