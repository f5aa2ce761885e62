import NetworkTypes
import TestSupport
import Testing
import TrafficAnalysis

@Suite struct `The catalogue of checks` {
  @Test func `its entries stand in the order of the rules, each once`() {
    #expect(Check.all.map(\.rule) == Rule.allCases)
    #expect(Set(Check.all.map(\.id)).count == Check.all.count)
  }

  @Test func `a check is found by its name`() {
    #expect(Check.named("frame-client-unmasked")?.rule == .frameClientUnmasked)
    #expect(Check.named("frame-client") == nil)
  }

  /// Runs the scenes with every check switched on: a false alarm of one on another's example is a fault too.
  @Test(arguments: Check.all) func `exactly what its example breaks is told`(_ check: Check) throws {
    let fired = try rules(in: check.breaks)
    let expected = [check.id] + (CheckCompany.breaking[check.id] ?? [])
    #expect(fired == expected.sorted(), "\(check.id): \(check.breaks.prefix(300))")
  }

  @Test(arguments: Check.all) func `nothing is told of the example that keeps it`(_ check: Check) throws {
    let fired = try rules(in: check.keeps)
    #expect(fired == (CheckCompany.keeping[check.id] ?? []).sorted(), "\(check.id): \(check.keeps.prefix(300))")
  }

  private func rules(in text: String) throws -> [String] {
    let scene = try Scene(text)
    var limits = Limits()
    if let size = scene.largeMessageBytes { limits.largeMessageBytes = size }
    let told = analyze(
      scene.packets, options: AnalysisOptions(limits: limits, reportsFrames: true, rules: .everything), rules: nil)
    return Set(told.violations.map(\.rule.id)).sorted()
  }
}

extension Check: CustomTestStringConvertible {
  /// Its name.
  public var testDescription: String { id }
}
