internal import NetworkTypes
internal import WebSocketDecoding

/// The checks that a frame's header can fail (RFC 6455 §5.1, §5.2, §5.4, §5.5; RFC 7692 §6.1).
struct FrameChecks {
  let agreement: WebSocketAgreement

  /// Whether a header plainly breaks no rule, as nearly all do.
  @inline(__always)
  func isPlain(_ header: FrameHeader, by sender: Sender) -> Bool {
    header.reservedBits == 0 && !header.opcode.isReserved && (header.maskingKey != nil) == (sender == .client)
      && header.lengthForm != .long && (header.lengthForm == .short || header.payloadLength >= 126)
      && (!header.opcode.isControl || (header.isFinal && header.lengthForm == .short))
  }

  /// Whether a header is none, as far as what its first two bytes say goes.
  func isImplausible(_ header: FrameHeader, by sender: Sender) -> Bool {
    (header.maskingKey != nil) != (sender == .client)
      || (!agreement.hasUnknownExtension && (header.opcode.isReserved || header.reservedBits & 3 != 0))
  }

  /// Calls `report` for each rule that the header breaks.
  func check(_ header: FrameHeader, by sender: Sender, report: (Rule, @autoclosure () -> String) -> Void) {
    guard agreement.followsRFC6455 else { return }
    // Who is the client is a guess where the handshake was not captured.
    if !agreement.isGuessed { checkMask(header, by: sender, report: report) }
    if header.reservedBits != 0 { checkReservedBits(header, report: report) }
    if header.opcode.isReserved, !agreement.hasUnknownExtension {
      report(
        header.opcode.isControl ? .frameOpcodeReservedControl : .frameOpcodeReservedData,
        "opcode 0x\(String(header.opcode.rawValue, radix: 16))")
    }
    if header.hasLengthTopBit {
      report(.frameLengthTopBit, "64-bit length \(header.payloadLength)")
    } else if !header.isLengthMinimal {
      report(.frameLengthNotMinimal, "\(header.lengthForm.rawValue)-bit form for \(header.payloadLength) bytes")
    }
    if header.opcode.isControl {
      if !header.isFinal { report(.controlFrameFragmented, "FIN = 0 on \(header.opcode.name)") }
      if header.payloadLength > 125 {
        report(.controlFrameTooLong, "\(header.opcode.name) of \(header.payloadLength) bytes")
      }
    }
  }

  private func checkMask(_ header: FrameHeader, by sender: Sender, report: (Rule, @autoclosure () -> String) -> Void) {
    if sender == .client, header.maskingKey == nil {
      report(.frameClientUnmasked, "\(header.opcode.name) of \(header.payloadLength) bytes without a mask")
    } else if sender == .server, header.maskingKey != nil {
      report(.frameServerMasked, "\(header.opcode.name) of \(header.payloadLength) bytes with a mask")
    }
  }

  private func checkReservedBits(_ header: FrameHeader, report: (Rule, @autoclosure () -> String) -> Void) {
    guard !agreement.hasUnknownExtension else { return }
    // Most have RSV1 rightly: no text is made for those.
    var detail: String { "RSV \(header.reservedBits) on \(header.opcode.name)" }
    if header.isCompressed {
      if agreement.deflate == nil {
        report(.frameRsv1Unexpected, detail)
      } else if header.opcode.isControl {
        report(.deflateRsv1OnControl, detail)
      } else if header.opcode == .continuation {
        report(.deflateRsv1OnContinuation, detail)
      }
    }
    if header.reservedBits & 2 != 0 { report(.frameRsv2Unexpected, detail) }
    if header.reservedBits & 1 != 0 { report(.frameRsv3Unexpected, detail) }
  }
}
