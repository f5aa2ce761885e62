import Testing
import WebSocketDecoding

struct ExtensionOfferTests {
  private typealias Parameter = ExtensionOffer.Parameter

  private func offer(_ text: String) -> ExtensionOffer { ExtensionOffer(Array(text.utf8)) }

  private func parameters(_ text: String) -> [String] {
    offer(text).parameters.map { $0.name + ($0.value.map { "=" + $0 } ?? "") }
  }

  @Test func `a name stands alone or before parameters`() {
    #expect(offer("permessage-deflate").name == "permessage-deflate")
    #expect(parameters("permessage-deflate") == [])
    #expect(
      parameters("permessage-deflate; client_max_window_bits; server_max_window_bits=10")
        == ["client_max_window_bits", "server_max_window_bits=10"])
    #expect(parameters("x;a;b=1;c") == ["a", "b=1", "c"])
  }

  @Test func `names are compared without regard to case`() {
    let offer = offer("PerMessage-Deflate; Server_No_Context_Takeover")
    #expect(offer.isPerMessageDeflate && offer.has("server_no_context_takeover"))
    #expect(!offer.has("client_no_context_takeover"))
    #expect(!self.offer("x-webkit-deflate-frame").isPerMessageDeflate)
    #expect(!self.offer("permessage-deflate2").isPerMessageDeflate)
  }

  @Test func `blanks around names, signs and values do not count`() {
    #expect(parameters(" \t x \t; \ta \t=\t 1 \t ; b ") == ["a=1", "b"])
    #expect(offer(" \t x \t; a").name == "x")
  }

  @Test func `a value may stand in quotes`() {
    #expect(parameters("x; a=\"10\"") == ["a=10"])
    #expect(parameters("x; a=\"1;2\"; b") == ["a=1;2", "b"])
    #expect(parameters("x; a=\"\"") == ["a="])
    #expect(offer("x; server_max_window_bits=\"12\"").windowBits("server_max_window_bits") == 12)
  }

  @Test func `empty parts are passed over`() {
    #expect(parameters("x;;a; ;") == ["a"])
    #expect(offer("").name == "")
    #expect(offer(";a").name == "" && parameters(";a") == ["a"])
    #expect(parameters("x; =5") == ["=5"])
    #expect(parameters("x; a=") == ["a="])
  }

  @Test func `window bits are 8 to 15, and 15 where none are agreed`() {
    for bits in 8...15 { #expect(offer("permessage-deflate; w=\(bits)").windowBits("w") == bits) }
    #expect(offer("permessage-deflate").windowBits("w") == 15)
    #expect(offer("permessage-deflate; w").windowBits("w") == 15)
  }

  @Test(arguments: [
    "x; w=", "x; w=0", "x; w=7", "x; w=16", "x; w=-8", "x; w=abc", "x; w=99999999999999999999", "x; w=\"", "x; w=\"9",
    "x; w=9.5",
  ])
  func `bad window bits stay within the range`(text: String) {
    #expect((8...15).contains(offer(text).windowBits("w")))
  }

  @Test func `any bytes make an offer`() {
    #expect(parameters("x; a=\"1; b") == ["a=\"1; b"])
    #expect(ExtensionOffer([0xff, 0xfe, 0x3b, 0x80]).parameters.count == 1)
    #expect(ExtensionOffer([0, 0x22, 0x3b]).parameters == [])
  }
}
