import NetworkTypes
import TestSupport
import Testing
import WebSocketDecoding

struct UTF8ValidatorTests {
  /// Where the text stops being UTF-8, the end included.
  private func errorOffset(_ pieces: [[UInt8]]) -> Int? {
    var validator = UTF8Validator()
    for piece in pieces { withSpan(piece) { validator.validate($0) } }
    let isComplete = validator.isComplete
    validator.finish()
    #expect(isComplete == (validator.errorOffset == nil))
    #expect(validator.byteCount == pieces.reduce(0) { $0 + $1.count })
    return validator.errorOffset
  }

  private func isValid(_ bytes: [UInt8]) -> Bool {
    var validator = UTF8Validator()
    withSpan(bytes) { validator.validate($0) }
    return validator.isComplete
  }

  /// What the standard library says.
  private func isValidByLibrary(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  @Test func `all sequences of one and two bytes are judged as by the standard library`() {
    var wrong: [[UInt8]] = []
    for first in UInt8.min...UInt8.max {
      if isValid([first]) != isValidByLibrary([first]) { wrong.append([first]) }
      for second in UInt8.min...UInt8.max where isValid([first, second]) != isValidByLibrary([first, second]) {
        wrong.append([first, second])
      }
    }
    #expect(wrong == [])
  }

  /// One byte of each class of RFC 3629 §4, at its borders.
  private static let borders: [UInt8] = [
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
    0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
  ]

  @Test func `sequences of three and four bytes at the borders are judged as by the standard library`() {
    var wrong: [[UInt8]] = []
    for first in Self.borders {
      for second in Self.borders {
        for third in Self.borders {
          let three = [first, second, third]
          if isValid(three) != isValidByLibrary(three) { wrong.append(three) }
          guard first >= 0xe0 else { continue }
          for fourth in Self.borders where isValid(three + [fourth]) != isValidByLibrary(three + [fourth]) {
            wrong.append(three + [fourth])
          }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test(
    arguments: [
      0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xd7ff, 0xe000, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x3ffff, 0x40000,
      0xfffff, 0x100000, 0x10ffff,
    ] as [UInt32])
  func `code points at the borders are taken, and each cut of them is incomplete`(value: UInt32) throws {
    let bytes = Array(String(Character(try #require(Unicode.Scalar(value)))).utf8)
    #expect(errorOffset([bytes]) == nil)
    for count in 1..<max(2, bytes.count) where count < bytes.count {
      #expect(errorOffset([Array(bytes[..<count]), Array(bytes[count...])]) == nil)
      #expect(errorOffset([[0x61], Array(bytes[..<count])]) == 1)
      #expect(errorOffset([[0x61], Array(bytes[..<count]), [0x62]]) == 1)
    }
  }

  @Test(arguments: [
    ("80", 0), ("61 80", 1), ("61 bf 62", 1), ("c0 80", 0), ("c1 bf", 0), ("61 62 c3", 2), ("c3 28", 0),
    ("e0 80 80", 0), ("e0 9f bf", 0), ("ed a0 80", 0), ("61 ed bf bf", 1), ("f0 80 80 80", 0), ("f0 8f bf bf", 0),
    ("f4 90 80 80", 0), ("f5 80 80 80", 0), ("ff", 0), ("fe", 0), ("f8 88 80 80 80", 0), ("c3 a9 e2 82", 2),
    ("c3 a9 e2 82 41", 2), ("e2 82 ac e2 28 a1", 3), ("61 62 63 64 65 66 67 68 ff", 8),
    ("61 62 63 64 65 66 67 68 69 e9", 9), ("f0 9f 98 80 f0 9f 98", 4),
    ("ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80", 11),
  ])
  func `the error is told where the ill-formed sequence begins`(text: String, offset: Int) {
    let bytes = hex(text)
    #expect(verifySplits(of: bytes) { [errorOffset($0)] } == [offset])
    // Behind 0 to 9 letters, so that the sequence stands at every place in a word.
    for count in 0..<10 {
      #expect(errorOffset([[UInt8](repeating: 0x61, count: count) + bytes]) == count + offset)
    }
  }

  @Test func `random texts with random damage are judged as by the standard library`() {
    var random = SeededGenerator(seed: 3629)
    let characters: [[UInt8]] = ["a", "é", "€", "😀", "plain ASCII text", "\u{10ffff}", "\u{800}"].map { Array($0.utf8) }
    for _ in 0..<3000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...12, using: &random) { bytes += characters.randomElement(using: &random)! }
      if Bool.random(using: &random), !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
      }
      let cut = Int.random(in: 0...bytes.count, using: &random)
      let offset = errorOffset([Array(bytes[..<cut]), Array(bytes[cut...])])
      #expect((offset == nil) == isValidByLibrary(bytes))
      // What stands before the error is valid by itself.
      if let offset { #expect(isValidByLibrary(Array(bytes[..<offset]))) }
    }
  }

  @Test func `an error is never forgotten, and bytes behind it are counted`() {
    var validator = UTF8Validator()
    for piece in [[0x61, 0xff], [0x62, 0xff], []] as [[UInt8]] { withSpan(piece) { validator.validate($0) } }
    validator.finish()
    #expect(validator.errorOffset == 1 && validator.byteCount == 4 && !validator.isComplete)
  }

  @Test func `whole characters are all but the last that is cut`() {
    let whole = { (bytes: [UInt8]) in withSpan(bytes) { UTF8Validator.wholeCharacters(in: $0) } }
    for text in ["", "a", "é", "€", "😀", "aé€😀", "😀😀", "ab\u{7ff}\u{800}\u{ffff}\u{10000}"] {
      let bytes = Array(text.utf8)
      for count in 0...bytes.count {
        let cut = Array(bytes[..<count])
        // The longest beginning that the standard library takes.
        let expected = (0...count).last { isValidByLibrary(Array(cut[..<$0])) }
        #expect(whole(cut) == expected)
      }
    }
  }

  @Test func `whole characters of other bytes are at most three fewer than there are`() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<2000 {
      let bytes = random.bytes(Int.random(in: 0...9, using: &random))
      let count = withSpan(bytes) { UTF8Validator.wholeCharacters(in: $0) }
      #expect(count <= bytes.count && count >= bytes.count - 3 && count >= 0)
    }
  }
}
