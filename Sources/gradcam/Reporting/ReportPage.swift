import ModelFormats

/// Puts the page together from its parts, which lie in `Page/` and are built into the tool.
enum ReportPage {
  /// What the page knows beside the records.
  struct Heading: Encodable {
    let title: String
    let version: String
    /// What verdicts but `ok` mean.
    let verdicts: [String: String]
    /// The same of maps in other modes than `for`.
    var verdictsByMode: [String: [String: String]] = [:]
    /// Methods that know no class.
    var classless: [String] = []
    /// When the records were written, in seconds since 1970; absent where that is not known.
    var recorded: Double?
    /// Absent where no truth was given.
    var truth: ReportTruth.Heading?
  }

  /// The page's bytes.
  ///
  /// - Parameter items: a JSON value for each record, one after the other with a comma between.
  static func html(_ heading: Heading, items: [UInt8]) throws(InputError) -> [UInt8] {
    let data =
      escaped(try encodedJSON(heading).utf8.dropLast()) + Array(",\"items\":[\n".utf8) + items + Array("\n]}".utf8)
    // Drawn anew for every page, so that no text of a record can know it.
    let nonce = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    return filled(
      PackageResources.report_html,
      [
        "nonce": Array(nonce.utf8), "title": escapedHTML(heading.title), "style": PackageResources.report_css,
        "data": data, "script": scripts.flatMap { $0 },
      ])
  }

  private static let scripts = [
    PackageResources.items_js, PackageResources.truth_js, PackageResources.marks_js, PackageResources.state_js,
    PackageResources.dom_js, PackageResources.grid_js, PackageResources.facets_js, PackageResources.confusion_js,
    PackageResources.about_js, PackageResources.files_js, PackageResources.detail_js, PackageResources.main_js,
  ]

  /// JSON that can stand inside a script element: whatever a record holds, no tag begins or ends in it.
  static func escaped(_ json: some Sequence<UInt8>) -> [UInt8] {
    // Outside its strings JSON has none of the three, so that the value stays the same.
    json.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "<"): Array("\\u003c".utf8)
      case UInt8(ascii: ">"): Array("\\u003e".utf8)
      case UInt8(ascii: "&"): Array("\\u0026".utf8)
      default: [byte]
      }
    }
  }

  static func escapedHTML(_ text: String) -> [UInt8] {
    Array(
      text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").utf8)
  }

  /// The template with each `{{name}}` replaced, once: what is put in is not looked at again.
  static func filled(_ template: [UInt8], _ values: [String: [UInt8]]) -> [UInt8] {
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    var page: [UInt8] = []
    page.reserveCapacity(template.count + values.values.reduce(0) { $0 + $1.count })
    var rest = template[...]
    while let next = rest.popFirst() {
      guard next == open, rest.first == open, let end = rest.firstIndex(of: close) else {
        page.append(next)
        continue
      }
      let name = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
      guard let value = values[name] else { preconditionFailure("the page has no part \(name)") }
      page += value
      rest = rest[(end + 2)...]
    }
    return page
  }
}
