internal import NetworkTypes

/// What is wrong with a compressed message, as far as zlib does not tell.
extension MessageInflater {
  func scan(withTail: Bool = true, alignsBehindFinal: Bool = true) -> DeflateScan? {
    guard let kept, kept.isWhole else { return nil }
    let workspace = workspace
    func scan(_ bytes: RawSpan) -> DeflateScan { workspace.scanner.scan(bytes, alignsBehindFinal: alignsBehindFinal) }
    return withTail ? kept.withTail(scan) : kept.withBytes(scan)
  }

  /// Judges a message that inflated.
  func judge(length: Int, isTerminated: Bool?) {
    let before = takesOver ? knownBefore : 0
    let isReplayed = if case .replaying = state { true } else { false }
    let mayTakeOver = isReplayed || past.keepsContext
    if isReplayed { past.keepsContext = true }
    noteWhole(length)
    guard let windowBits = agreement.windowBits, let kept else { return }
    if isTerminated == false {
      let failure: DeflateFailure = taken == 0 ? .empty : kept.endsWithTail ? .tailTwice : .noEmptyBlock
      findings.append(.failed(failure, byteCount: taken))
    }
    if kept.endsWithTail { findings.append(.tailNotRemoved) }
    // A window that all output fits into is not exceeded.
    let mayExceed = windowBits < 15 && before + length > 1 << windowBits
    guard mayExceed || mayTakeOver || inflater?.hasSeenFinalBlock == true,
      let scan = scan(withTail: isTerminated == true)
    else { return }
    if agreement.resetsContext, scan.reach > 0 {
      findings.append(.tookOver(reach: scan.reach, offset: scan.reachOffset))
    }
    if scan.largestDistance > 1 << windowBits {
      findings.append(
        .windowExceeded(
          distance: scan.largestDistance, offset: scan.largestDistanceOffset, windowBits: windowBits))
    }
    if let offset = scan.paddingOffset { findings.append(.paddingNotZero(offset: offset)) }
  }

  /// Notes that the open message is whole: once the known bytes fill the window, nothing before them matters.
  private func noteWhole(_ length: Int) {
    past.knownBytes = UInt16(min(Int(past.knownBytes) + min(length, Inflater.windowBytes), Inflater.windowBytes))
    if past.knownBytes >= Inflater.windowBytes { past.isContextLost = false }
    past.messages = min(past.messages + 1, Past.watchedMessages)
    if !keepsHistory {
      history = []
    } else if history.count > Inflater.windowBytes {
      history = Array(history.suffix(Inflater.windowBytes))
    }
  }

  /// Judges a message that reaches back to those before it, which are not kept.
  func judgeSuspended() {
    if let scan = scan(), scan.isWhole, scan.reach <= knownBefore {
      findings.append(.tookOver(reach: scan.reach, offset: scan.reachOffset))
      state = .over(.contextLost)
      loseContext()
      past.keepsContext = true
    } else {
      fail(scan(), atEnd: true)
      state = .over(.inflateFailed)
      diagnose()
      loseContext()
    }
  }

  /// Looks for the reason why a message does not inflate.
  func diagnose() {
    guard let kept, let scan = scan() else { return }
    if scan.endsInsideByte, let loose = self.scan(alignsBehindFinal: false), loose.isWhole, loose.finalBlocks > 0 {
      findings.append(.blockInsideByte)
    } else if let offset = scan.paddingOffset {
      findings.append(.paddingNotZero(offset: offset))
    }
    if kept.endsWithTail { findings.append(.tailNotRemoved) }
    guard kept.fragmentCount > 1 else { return }
    let scratch = workspace.takeBuffer()
    defer { workspace.giveBack(scratch) }
    let mended = kept.withTails(in: scratch) { workspace.scanner.scan($0) }
    if mended.isWhole, mended.reach <= (takesOver ? knownBefore : 0) {
      findings.append(.fragmentTailsRemoved(fragments: kept.fragmentCount))
    }
  }
}
