internal import ArgumentParser
internal import EventLogging
internal import LiveCapture
internal import NetworkTypes
internal import TCPReassembly
internal import TrafficAnalysis

/// What is to be done, with every option checked: made once from the command line, then only read.
struct AnalysisPlan {
  /// The inputs in the order they were named.
  let inputs: [String]
  /// Where the log goes; `nil` is standard output.
  let output: String?
  /// The filter, compiled.
  let filter: CaptureFilter?
  /// What is analyzed.
  let analysis: AnalysisOptions
  /// What is written.
  let log: LogOptions
  /// Whether only failures are told on standard error.
  let isQuiet: Bool

  /// Checks the options of a command line.
  init(_ command: AnalyzeCommand) throws {
    inputs = command.readFiles + command.files
    guard !inputs.isEmpty else { throw ValidationError("No input: name a capture file, or '-' for standard input.") }
    guard inputs.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input ('-') can be read only once.")
    }
    if let output = command.output, let log = FileIdentity(output),
      let input = inputs.first(where: { FileIdentity($0) == log })
    {
      throw ValidationError("-o \(output) would overwrite the input \(input).")
    }
    if let limit = command.packetLimit, limit < 1 {
      throw ValidationError("-c takes a number of packets from 1 on, not \(limit).")
    }
    // Base64 makes four characters of three bytes: half of the largest integer leaves room for any form.
    guard command.maxPayload >= 0, command.maxPayload <= Int(Int32.max) else {
      throw ValidationError("--max-payload takes 0 to \(Int32.max) bytes, not \(command.maxPayload).")
    }
    guard let overlap = OverlapPolicy(rawValue: command.overlap) else {
      throw ValidationError("--overlap is first or last, not '\(command.overlap)'.")
    }
    guard let headers = LogOptions.Headers(rawValue: command.headers) else {
      throw ValidationError("--headers is none, safe or all, not '\(command.headers)'.")
    }
    let types = try Self.types(command)
    do throws(CaptureFilter.SyntaxError) {
      filter = if let expression = command.filter { try CaptureFilter(expression) } else { nil }
    } catch {
      throw ValidationError("-f \(error)")
    }
    var limits = Limits()
    limits.keptPayloadBytes = command.noPayload ? 0 : command.maxPayload
    analysis = AnalysisOptions(
      limits: limits, overlapPolicy: overlap, reportsFrames: types.contains(.frame), packetLimit: command.packetLimit)
    log = LogOptions(
      types: types, headers: headers, writesPayload: !command.noPayload, writesFile: inputs.count > 1)
    output = command.output == "-" ? nil : command.output
    isQuiet = command.quiet
  }

  private static func types(_ command: AnalyzeCommand) throws -> LogOptions.RecordTypes {
    guard let list = command.types else { return command.frames ? [.standard, .frame] : .standard }
    var types: LogOptions.RecordTypes = command.frames ? .frame : []
    for name in list.split(separator: ",", omittingEmptySubsequences: false) {
      guard let known = LogOptions.RecordTypes.byName.first(where: { $0.name == name }) else {
        let names = LogOptions.RecordTypes.byName.map(\.name).joined(separator: ", ")
        throw ValidationError("--types knows no '\(name)'; it takes a list of \(names).")
      }
      types.insert(known.type)
    }
    return types
  }
}
