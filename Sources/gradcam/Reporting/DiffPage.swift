import FoundationEssentials
import GradCAMCore
import ModelFormats

/// The page of `diff`: one file that loads nothing, with the maps that changed most, the worst first.
struct DiffPage {
  let table: ComparisonTable
  let drawing: DiffPictures

  /// How many maps are drawn.
  static let most = 100

  /// - Throws: `InputError` naming the page where it cannot be written.
  func write(to file: FilePath, _ console: Console) throws {
    let entries = table.result.worst.entries.prefix(Self.most)
    var cards: [UInt8] = []
    for (number, entry) in entries.enumerated() {
      cards += Array(card(number + 1, entry).utf8)
      console.progress(done: number + 1, of: entries.count, unit: "pictures")
    }
    console.endProgress()
    AtomicFile.removeLeftovers(in: file.parent)
    try AtomicFile.write(try html(cards), to: file, replacing: OwnOutput.page.check)
  }

  private func html(_ cards: [UInt8]) throws -> [UInt8] {
    // Drawn anew for every page, so that no text on it can know it.
    let nonce = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    let count = min(table.result.worst.entries.count, Self.most)
    let pairs = count == 0 ? "No map was compared" : "The \(count == 1 ? "map" : "\(count) maps") that changed most"
    let parts = [
      "title":
        "What changed from \(text(table.old.lastComponent.description)) to \(text(table.new.lastComponent.description))",
      "summary": summary, "sources": sources, "means": means, "pairs": pairs,
      "notes": (table.notes + failures).map { "<li>\(text($0))</li>" }.joined(),
    ]
    var values = parts.mapValues { Array($0.utf8) }
    (values["nonce"], values["cards"]) = (Array(nonce.utf8), cards)
    values["style"] = PackageResources.report_css + PackageResources.diff_css
    return ReportPage.filled(PackageResources.diff_html, values)
  }

  // MARK: - The head

  /// The first images that failed.
  private var failures: [String] {
    let named = table.result.failures.map { "failed: \($0.shortened(to: 300))" }
    let others = table.failed - named.count
    return others > 0 && !named.isEmpty ? named + ["and \(others.grouped) more"] : named
  }

  private var summary: String {
    let result = table.result
    let isChanged = result.changed > 0
    var pills = [
      "<span>\(result.images.grouped) \(result.images == 1 ? "image" : "images")</span>",
      "<span class=\"pill \(isChanged ? "doubtful" : "fine")\">\(result.changed.grouped) prediction\(result.changed == 1 ? "" : "s") changed</span>",
    ]
    if table.failed > 0 { pills.append("<span class=\"pill failed\">\(table.failed.grouped) failed</span>") }
    if result.notFinite > 0 {
      pills.append("<span class=\"pill failed\">\(result.notFinite.grouped) not finite</span>")
    }
    return pills.joined()
  }

  private var sources: String {
    func source(_ name: String, _ path: FilePath, _ digest: String?) -> (String, String) {
      (name, "\(text(path.description))" + (digest.map { "<br><code>sha256 \(text($0))</code>" } ?? ""))
    }
    // Of two files of records, the models that made them.
    let models = table.unpaired == nil ? nil : table.result.models
    func model(_ name: String, _ model: ComparisonResult.Model?) -> [(String, String)] {
      model.map { [source("\(name) model", FilePath($0.name), $0.digest)] } ?? []
    }
    let maps = table.result.board.rows.map { text(table.name(of: $0)) }.joined(separator: "<br>")
    let rows =
      [source("Old", table.old, table.digests.old)] + model("Old", models?.old)
      + [source("New", table.new, table.digests.new)] + model("New", models?.new)
      + [
        ("Preprocessing", preprocessing), ("Maps", maps),
        ("Made", "\(Date.now.formatted(.iso8601)) by gradcam \(Version.number)"),
      ]
    return rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }.joined()
  }

  private var preprocessing: String {
    if let (old, new) = table.unlikePreprocess { return "old: \(text(old))<br>new: \(text(new))" }
    return text(table.preprocess.old ?? table.preprocess.new ?? "unknown")
  }

  private var means: String {
    let head = ComparisonTable.figures.map { figure in
      "<th scope=\"col\">\(text(figure.name)) <span>\(figure.isBetterHigh ? "↑" : "↓")</span></th>"
    }
    let rows = table.result.board.rows.map { key in
      let cells = ComparisonTable.figures.map { "<td>\(text(table.text(key, $0.name)))</td>" }
      return "<tr><th scope=\"row\">\(text(table.name(of: key)))</th>\(cells.joined())</tr>"
    }
    return "<thead><tr><th></th>\(head.joined())</tr></thead><tbody>\(rows.joined())</tbody>"
  }

  // MARK: - A pair of maps

  private func card(_ number: Int, _ entry: WorstMaps.Entry) -> String {
    let (classes, diff) = (entry.classes, entry.diff)
    var badges = classes.changed ? [badge("doubtful", "prediction changed")] : []
    if let fault = diff.fault { badges.append(badge(diff.notFinite ? "failed" : "unsure", fault)) }
    for (side, verdict) in [("old", entry.map.verdict), ("new", diff.verdict)] where verdict != Verdict.ok.rawValue {
      badges.append(badge("unsure", "\(side) \(text(verdict))"))
    }
    let figures = [
      ("rank", ComparisonTable.number(diff.rank, 3)), ("ssim", ComparisonTable.number(diff.ssim, 3)),
      ("overlap", ComparisonTable.number(diff.overlap, 3)), ("shift", ComparisonTable.shift(diff)),
    ]
    return """
      <li class="card pair">
      <h3>\(number). \(text(entry.image.description))</h3>
      <div class="views">\(views(entry))</div>
      <p class="map">\(text(subject(of: entry))) \(badges.joined(separator: " "))</p>
      <dl class="figures">\(figures.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined())</dl>
      </li>

      """
  }

  /// `opacity, by gradcam at layer4`, with the new model's layer where that is called otherwise.
  private func subject(of entry: WorstMaps.Entry) -> String {
    let (old, new) = (entry.map.layer.shortened(to: 80), entry.diff.layer.shortened(to: 80))
    let place = old == new ? old : "\(old) and \(new)"
    return "\(entry.map.target.name.shortened(to: 80)), by \(entry.map.method.shortened(to: 40)) at \(place)"
  }

  private func badge(_ kind: String, _ words: String) -> String { "<span class=\"badge \(kind)\">\(words)</span>" }

  private func views(_ entry: WorstMaps.Entry) -> String {
    let drawn: DiffPictures.Drawn
    do { drawn = try drawing.draw(entry) } catch {
      let reason = (error as? InputError)?.withFlags ?? "\(error)"
      return "<p class=\"missing\">No pictures: \(text(reason))</p>"
    }
    let classes = entry.classes
    func answer(_ top: ClassInBoth?, _ certainty: ClassInBoth.Certainty?) -> String {
      guard let top else { return text(ComparisonTable.noAnswer) }
      let words = certainty.map { MapWords.answer($0.probability, score: $0.logit) } ?? ""
      return "\(text(top.name.shortened(to: 60))) \(text(words))"
    }
    func view(_ url: String, _ side: String, _ words: String) -> String {
      "<figure><img src=\"\(url)\" width=\"\(drawn.width)\" height=\"\(drawn.height)\" alt=\"\(side)\">"
        + "<figcaption><b>\(side)</b> \(words)</figcaption></figure>"
    }
    return view(drawn.old, "old", answer(classes.topOld, classes.topOld?.old))
      + view(drawn.new, "new", answer(classes.topNew, classes.topNew?.new)) + view(drawn.image, "image", "")
  }

  /// Text that can stand in an element: whatever a path or a label holds, no tag begins in it.
  private func text(_ text: String) -> String {
    String(decoding: ReportPage.escapedHTML(printable(text)), as: UTF8.self)
  }
}
