import TestSupport
import Testing

@testable import EventLogging

/// Queries are taken out of URLs, and nothing else is.
struct RedactedURLTests {
  @Test(
    arguments: [
      ("/chat", "/chat"), ("/chat?token=1", "/chat?redacted"), ("/?", "/?redacted"), ("?", "?redacted"), ("", ""),
      ("/a?b?c", "/a?redacted"), ("/a?b c", "/a?redacted"), ("/a#b", "/a#b"), ("*", "*"),
      ("ws://h:1/p?x=y#z", "ws://h:1/p?redacted"),
    ])
  func `a request target loses its query`(target: String, expected: String) {
    #expect(RedactedURL.withoutQuery(Array(target.utf8)) == Array(expected.utf8))
  }

  @Test(
    arguments: [
      ("https://a/b", "https://a/b"), ("https://a/b?secret=1", "https://a/b?redacted"),
      (
        "<https://a/?x=1>; rel=next, <https://b/?y=2>; rel=x",
        "<https://a/?redacted>; rel=next, <https://b/?redacted>; rel=x"
      ),
      ("url=\"/a?k=v\" more?b", "url=\"/a?redacted\" more?redacted"),
      ("a?b\tc?d 'e?f'", "a?redacted\tc?redacted 'e?redacted'"),
      ("a?b?c d", "a?redacted d"), ("", ""),
    ])
  func `a header field loses each query in it`(value: String, expected: String) {
    #expect(RedactedURL.withoutQueries(Array(value.utf8)) == Array(expected.utf8))
  }

  @Test func `bytes that are no text stay, outside of queries`() {
    #expect(RedactedURL.withoutQuery([0xff, 0x3f, 0xfe]) == [0xff] + Array("?redacted".utf8))
    #expect(
      RedactedURL.withoutQueries([0xff, 0x3f, 0xfe, 0x20, 0xfd]) == [0xff] + Array("?redacted".utf8) + [0x20, 0xfd])
  }
}
