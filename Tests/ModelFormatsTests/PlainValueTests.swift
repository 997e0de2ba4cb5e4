import Testing

@testable import ModelFormats

/// JSON and Python's literals, which exporters write into a model's metadata.
@Suite struct PlainValueTests {
  private static let readable: [(text: String, value: PlainValue)] = [
    (#"{0: 'cat', 1: "dog's"}"#, table([("0", .string("cat")), ("1", .string("dog's"))])),
    (
      #"{"0": "cat", "b": [1, -2.5e1, true, null]}"#,
      table([("0", .string("cat")), ("b", .list([.number(1), .number(-25), .bool(true), .none]))])
    ),
    ("(224, 224)", .list([.number(224), .number(224)])), ("[224, 224,]", .list([.number(224), .number(224)])),
    (" [ ] ", .list([])), ("{}", .table([])), ("True", .bool(true)), ("None", .none), ("7", .number(7)),
    (#"'it\'s \n \x41 é 😀'"#, .string("it's \n A é 😀")), ("'größe'", .string("größe")),
  ]

  private static func table(_ entries: [(String, PlainValue)]) -> PlainValue {
    .table(entries.map { PlainValue.Entry(key: $0.0, value: $0.1) })
  }

  @Test(arguments: readable) func `What is written either way`(text: String, value: PlainValue) {
    #expect(PlainValue(parsing: text) == value)
  }

  private static let unreadable = [
    "", " ", "{", "[1", "[1 2]", "{0: 'cat', 1", "{[1]: 2}", "{1.5: 2}", "'open", "'\\q'", "'\\u12'", "'\\ud800'",
    "1 2", "nan", "inf", "0x10",
    "__import__('os')", "[1]]", "{'a' 1}", "\u{0}",
  ]

  @Test(arguments: unreadable) func `What is neither is no value`(_ text: String) {
    #expect(PlainValue(parsing: text) == nil)
  }

  @Test func `Depth and length are bounded`() {
    #expect(PlainValue(parsing: String(repeating: "[", count: 100_000)) == nil)
    let deepest = PlainValueParser.deepest
    #expect(
      PlainValue(parsing: String(repeating: "[", count: deepest + 1) + String(repeating: "]", count: deepest + 1))
        != nil)
    #expect(
      PlainValue(parsing: String(repeating: "[", count: deepest + 2) + String(repeating: "]", count: deepest + 2))
        == nil)
    #expect(PlainValue(parsing: "'" + String(repeating: "x", count: PlainValueParser.longest) + "'") == nil)
  }
}
