import ModelFormats
import Testing

@testable import gradcam

@Suite struct SeparatedRowsTests {
  private func rows(_ text: String, separator: UInt8? = nil) throws -> [[String]] {
    var table = SeparatedRows(text, separator: separator)
    var rows: [[String]] = []
    while let row = try table.next() { rows.append(row.fields) }
    return rows
  }

  private static let tables: [(text: String, rows: [[String]])] = [
    ("", []), ("\n \n\r\n", []), ("a", [["a"]]), ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]), ("a\tb\n1,0\t2\n", [["a", "b"], ["1,0", "2"]]),
    ("a;b\n1,0;2\n", [["a", "b"], ["1,0", "2"]]), ("a,\n,\n", [["a", ""], ["", ""]]), ("a,", [["a", ""]]),
    ("\"a,\"\"b\"\"\",c\n", [["a,\"b\"", "c"]]), ("\"a\nb\r\n\",c", [["a\nb\r\n", "c"]]),
    (" a , \"b\" \r\n\"\", ", [[" a ", "b"], ["", " "]]), ("a\"b\"c,d", [["a\"b\"c", "d"]]),
    ("a\rb,c\n", [["a\rb", "c"]]),
    ("\"a\"\r\n\"b\"\r", [["a"], ["b"]]), ("é,\u{1F600}\n", [["é", "\u{1F600}"]]),
  ]

  @Test(arguments: tables) func `Fields are those of RFC 4180`(_ text: String, _ expected: [[String]]) throws {
    #expect(try rows(text) == expected)
  }

  @Test func `A separator that is given counts`() throws {
    #expect(try rows("a,b;c", separator: UInt8(ascii: ";")) == [["a,b", "c"]])
  }

  @Test func `Rows know the lines that they begin on`() throws {
    var table = SeparatedRows("a,b\n\n\"1\n2\n\",3\n4,5\n")
    var lines: [Int] = []
    while let row = try table.next() { lines.append(row.line) }
    #expect(lines == [1, 3, 6])
  }

  private static let broken: [(text: String, problem: String)] = [
    ("a,b\n1,\"2\n3,4\n", "line 2 opens a quotation mark that nothing closes"), ("\"", "line 1 opens"),
    ("a,b\n\"\n1\"x,2\n", "line 3 has text behind a quotation mark that closes"), ("\"a\" b\n", "line 1 has text"),
  ]

  @Test(arguments: broken) func `A quotation mark at fault is named by its line`(_ text: String, _ problem: String) {
    do {
      _ = try rows(text)
      Issue.record("nothing is at fault")
    } catch { #expect("\(error)".hasPrefix(problem), "\(error)") }
  }
}
