internal import ArgumentParser
internal import EventLogging
internal import LiveCapture
internal import NetworkTypes
internal import TCPReassembly
internal import TrafficAnalysis

/// What is to be done, with every option checked: made once from the command line, then only read.
struct AnalysisPlan {
  /// The inputs in the order they were named.
  let inputs: [FileName]
  /// What is captured live; `nil` where files are read.
  let live: LivePlan?
  /// Where the log goes; `nil` is standard output.
  let output: FileName?
  /// How it is written, and which other files are.
  let files: FilePlan
  /// The log's form; `nil` is what suits the output.
  let format: LogFormat?
  /// The filter, compiled.
  let filter: CaptureFilter?
  /// What is analyzed.
  let analysis: AnalysisOptions
  /// What is written.
  let log: LogOptions
  /// Which records are written.
  let selection: RecordSelection
  /// Bytes of a payload that are written, where more of it is searched.
  let payloadLimit: Int?
  /// What makes the exit status 3.
  let failOn: FailCondition
  /// How much is told on standard error.
  let verbosity: Verbosity
  /// Whether progress may be shown.
  let showsProgress: Bool
  /// Whether the text format is coloured.
  let color: ColorChoice

  /// Checks the options of a command line.
  init(_ command: AnalyzeCommand) throws {
    live = try LivePlan(command)
    inputs = (command.input.readFiles + command.input.files).map(RawArguments.fileName)
    let named = command.output.output.map(RawArguments.fileName)
    output = named?.isStandardStream == true ? nil : named
    try Self.check(inputs: inputs, isLive: live != nil, output: output)
    format = try command.output.format.map { try Choice.of($0, "--format") }
    files = try FilePlan(command.files, output: output, inputs: inputs, isLive: live != nil, format: format)
    if let live, live.threads > 1, format == .text {
      throw ValidationError("--threads writes ndjson only: the text format is one conversation.")
    }
    filter = try command.input.filter.map { try Self.filter($0) }
    selection = try Self.selection(command)
    failOn = try FailCondition(command.checks.failOn)
    let types = try Self.types(command.output)
    (analysis, payloadLimit) = try Self.analysis(command, reportsFrames: types.contains(.frame))
    log = LogOptions(
      types: types, headers: try Choice.of(command.output.headers, "--headers"),
      writesPayload: !command.output.noPayload, embedsJSON: command.output.jsonPayload,
      redactsQueries: command.output.redactQuery, writesFile: max(inputs.count, live?.interfaces.count ?? 0) > 1)
    guard !(command.terminal.quiet && command.terminal.verbose) else {
      throw ValidationError("-q and -v exclude each other.")
    }
    verbosity = command.terminal.quiet ? .quiet : command.terminal.verbose ? .verbose : .normal
    let progress: ProgressChoice = try Choice.of(command.terminal.progress, "--progress")
    showsProgress = progress == .auto && verbosity != .quiet
    color = try Choice.of(command.terminal.color, "--color")
  }

  private static func check(inputs: [FileName], isLive: Bool, output: FileName?) throws {
    guard isLive || !inputs.isEmpty else {
      throw ValidationError("No input: name a capture file, '-' for standard input, or an interface with -i.")
    }
    guard !inputs.contains(where: \.bytes.isEmpty), output?.bytes.isEmpty != true else {
      throw ValidationError("A file name is empty.")
    }
    guard inputs.count(where: \.isStandardStream) <= 1 else {
      throw ValidationError("Standard input ('-') can be read only once.")
    }
    if let output, let log = FileIdentity(output), let input = inputs.first(where: { FileIdentity($0) == log }) {
      throw ValidationError("-o \(output) would overwrite the input \(input).")
    }
  }

  private static func filter(_ expression: String) throws -> CaptureFilter {
    do throws(CaptureFilter.SyntaxError) {
      return try CaptureFilter(expression)
    } catch {
      throw ValidationError("-f \(error)")
    }
  }

  private static func analysis(
    _ command: AnalyzeCommand, reportsFrames: Bool
  ) throws -> (AnalysisOptions, payloadLimit: Int?) {
    if let limit = command.input.packetLimit, limit < 1 {
      throw ValidationError("-c takes a number of packets from 1 on, not \(limit).")
    }
    // Base64 makes four characters of three bytes: half of the largest integer leaves room for any form.
    let written = command.output.maxPayload
    guard written >= 0, written <= Int(Int32.max) else {
      throw ValidationError("--max-payload takes 0 to \(Int32.max) bytes, not \(written).")
    }
    var limits = Limits()
    try Self.setBounds(&limits, command.input)
    limits.keptPayloadBytes = command.output.noPayload ? 0 : written
    guard (1...1_000_000).contains(command.checks.largeMessage) else {
      throw ValidationError("--large-message takes 1 to 1000000 MiB, not \(command.checks.largeMessage).")
    }
    limits.largeMessageBytes = command.checks.largeMessage << 20
    var payloadLimit: Int?
    let searched = command.selection.contains.isEmpty ? 0 : limits.searchedPayloadBytes
    let recognised = command.selection.noHeartbeats ? limits.heartbeatBytes : 0
    if max(searched, recognised) > limits.keptPayloadBytes {
      payloadLimit = limits.keptPayloadBytes
      limits.keptPayloadBytes = max(searched, recognised)
    }
    return (
      AnalysisOptions(
        limits: limits, overlapPolicy: try Choice.of(command.input.overlap, "--overlap"),
        reportsFrames: reportsFrames, packetLimit: command.input.packetLimit,
        separatesVLANs: command.input.vlanFlows,
        forcedPorts: try Self.forcedPorts(command.input.decodeAs),
        rules: try CheckSelection.rules(command.checks.checks),
        mildestSeverity: try command.checks.severity.map { try Choice.of($0, "--severity") } ?? .notice), payloadLimit
    )
  }

  private static func setBounds(_ limits: inout Limits, _ input: InputOptions) throws {
    // Less is not enough for the program and its buffers; more than 1 TB is a slip.
    guard input.memoryLimit == 0 || (64...1_000_000).contains(input.memoryLimit) else {
      throw ValidationError("--memory-limit takes 64 to 1000000 MB, or 0 for any amount, not \(input.memoryLimit).")
    }
    limits.memoryBytes = input.memoryLimit * 1_000_000
    // 292 years fit.
    guard (1...1_000_000_000).contains(input.idleTimeout) else {
      throw ValidationError("--idle-timeout takes 1 to 1000000000 seconds, not \(input.idleTimeout).")
    }
    limits.idleNanoseconds = Int64(input.idleTimeout) * 1_000_000_000
    limits.closedNanoseconds = min(limits.closedNanoseconds, limits.idleNanoseconds)
  }

  private static func forcedPorts(_ list: [String]) throws -> Set<UInt16> {
    Set(
      try list.map { entry in
        let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "websocket", let port = UInt16(parts[0]), port > 0 else {
          throw ValidationError("--decode-as takes a port and what it carries, as in 9000=websocket, not '\(entry)'.")
        }
        return port
      })
  }

  private static func types(_ options: OutputOptions) throws -> LogOptions.RecordTypes {
    guard let list = options.types else { return options.frames ? [.standard, .frame] : .standard }
    var types: LogOptions.RecordTypes = options.frames ? .frame : []
    let known = LogOptions.RecordTypes.byName
    for name in try Choice.list(list, "--types", among: known.map(\.name)) {
      if let entry = known.first(where: { $0.name == name }) { types.insert(entry.type) }
    }
    return types
  }

  private static func selection(_ command: AnalyzeCommand) throws -> RecordSelection {
    let options = command.selection
    var selection = RecordSelection()
    selection.hosts = options.host.map { Glob(RawArguments.decode($0), ignoresCase: true) }
    selection.paths = options.path.map { Glob(RawArguments.decode($0)) }
    selection.ports = Set(options.port)
    for name in options.conn {
      guard (4...13).contains(name.utf8.count), name.utf8.allSatisfy(Self.isBase32) else {
        throw ValidationError("--conn takes the 'conn' of a record, or at least its first 4 characters, not '\(name)'.")
      }
    }
    selection.connections = options.conn
    if let list = options.op {
      let names = ["text", "binary", "ping", "pong", "close", "continuation", "reserved_data", "reserved_control"]
      selection.operations = Set(try Choice.list(list, "--op", among: names))
    }
    if let way = options.dir {
      guard let sender = Sender.allCases.first(where: { "\($0.directionName)" == way }) else {
        throw ValidationError("--dir is c2s or s2c, not '\(way)'.")
      }
      selection.sender = sender
    }
    guard options.contains.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("--contains takes the text to look for, not an empty one.")
    }
    selection.needles = options.contains.map { Needle(RawArguments.decode($0)) }
    guard options.minLen >= 0 else {
      throw ValidationError("--min-len takes a number of bytes from 0 on, not \(options.minLen).")
    }
    selection.shortestLength = options.minLen
    selection.leavesOutHeartbeats = options.noHeartbeats
    return selection
  }

  private static func isBase32(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(byte)
  }

  /// Where the log goes.
  var logSettings: RunLog.Settings {
    RunLog.Settings(file: output, rotation: files.rotation, appends: live != nil, dropsOnError: files.dropsOnError)
  }
}
