import Testing
import WebSocketDecoding

struct AcceptKeyTests {
  @Test func `the key of RFC 6455 §1_3 has the accept value given there`() {
    #expect(AcceptKey.expected(forKey: Array("dGhlIHNhbXBsZSBub25jZQ==".utf8)) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test(arguments: [
    // Computed with Python's hashlib and base64.
    ("", "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w="),
    ("x3JJHMbDL1EzLkh9GBhXDw==", "HSmrc0sMlYUkAGmm5OPpG2HaGWk="),
  ])
  func `other keys have the values that another implementation gives`(key: String, accept: String) {
    #expect(AcceptKey.expected(forKey: Array(key.utf8)) == accept)
  }
}
