import ArgumentParser

@main
struct Wstap: ParsableCommand {
  mutating func run() throws {}
}
