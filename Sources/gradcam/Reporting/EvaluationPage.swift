import FoundationEssentials
import GradCAMCore
import ModelFormats

/// The page of `evaluate`: the table, mean curves, and the best and the worst images. Its parts lie in `Page/`.
struct EvaluationPage {
  let plan: EvaluationPlan
  let table: EvaluationTable
  let gallery: EvaluationGallery

  /// The most rows and columns, multiplied, of all tables together: what is beyond them is left out, and the page says so.
  private static let mostCells = 10_000
  private static let mostGroups = 60
  private static let mostCurves = 256
  /// The most characters of a name out of a file.
  private static let longest = 300

  /// Writes the page whole, or nothing.
  ///
  /// - Throws: `InputError` naming the file that cannot be written.
  func write(to path: FilePath) throws {
    let data = ReportPage.escaped(try encodedJSON(try content(), isSnakeCase: true).utf8)
    let name = plan.provenance.model.lastComponent.description.shortened(to: Self.longest)
    // Drawn anew for every page, so that no text of a record can know it.
    let nonce = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
    let scripts = [
      PackageResources.dom_js, PackageResources.leaderboard_js, PackageResources.curves_js, PackageResources.gallery_js,
      PackageResources.evaluation_js,
    ]
    let page = ReportPage.filled(
      PackageResources.evaluation_html,
      [
        "nonce": Array(nonce.utf8), "title": ReportPage.escapedHTML("\(name), evaluated"),
        "style": PackageResources.report_css + PackageResources.evaluation_css, "data": data,
        "script": scripts.flatMap { $0 },
      ])
    AtomicFile.removeLeftovers(in: path.parent)
    try AtomicFile.write(
      page, to: path,
      replacing: { [inputs = plan.inputs] path throws(InputError) in
        try inputs.check(path)
        try OwnOutput.page.check(path)
      })
  }

  // MARK: - What it holds

  private struct Content: Encodable {
    var version = Version.number
    let date: String
    @OrNull var modelSha256: String?
    let preprocess: String
    let methods: [String]
    let layers: [String]
    /// Null, as the replacement, where each definition has its own.
    @OrNull var steps: Int?
    @OrNull var replacement: String?
    /// Whose definitions they are; null for the papers'.
    @OrNull var library: String?
    @OrNull var marks: String?
    let unmarked: Int
    let verdict: [String]
    @OrNull var keeping: String?
    var notes: [String]
    let table: EvaluationTable.Content
    var groups: [Group] = []
    var groupsLeftOut = 0
    let curves: [Curve]
    @OrNull var gallery: Gallery?
  }

  private struct Group: Encodable {
    let name: String
    let title: String
    let images: Int
  }

  private struct Curve: Encodable {
    let metric: String
    let method: String
    let layer: String
    let images: Int
    let shares: [Double]
    let mean: [Double?]
    let low: [Double?]
    let high: [Double?]
  }

  private struct Gallery: Codable {
    let metric: String
    let method: String
    let layer: String
    let best: [Card]
    let worst: [Card]
    @OrNull var note: String?
  }

  private struct Card: Codable {
    let image: String
    let target: String
    let value: Double
    let others: [EvaluationGallery.Other]
    let othersLeftOut: Int
    @OrNull var overlay: String?
    @OrNull var picture: String?
    @OrNull var size: [Int]?
    @OrNull var outline: String?
    @OrNull var grid: [Int]?
    @OrNull var note: String?
  }

  private func content() throws -> Content {
    let (rows, groups, notes) = rows()
    let evaluation = plan.evaluation
    let isUnmarked = plan.truth != nil
    let moment = Date.now.formatted(.iso8601)
    var content = Content(
      date: moment.replacing("T", with: " ").replacing("Z", with: " UTC"), modelSha256: plan.provenance.modelDigest,
      preprocess: plan.provenance.preprocess.shortened(to: Self.longest), methods: evaluation.maps.methods.map(\.name),
      layers: plan.setup.layerNames.prefix(40).map(shortened), steps: evaluation.settings.steps,
      replacement: evaluation.settings.replacement?.rawValue, library: plan.options.evaluation.library?.rawValue,
      marks: (plan.options.evaluation.masks ?? plan.options.evaluation.boxes).map { shortened($0.description) },
      unmarked: isUnmarked ? table.result.unmarked : 0,
      verdict: table.bestLines.map { shortened($0.trimmed) }, keeping: table.keeping, notes: table.notes + notes,
      table: table.content(rows), curves: curves, gallery: try pictures())
    content.groups = groups
    content.groupsLeftOut = table.result.boards.groups.count - groups.count
    return content
  }

  private func shortened(_ name: String) -> String { name.shortened(to: Self.longest) }

  private func shortened(_ rows: [EvaluationRow]) -> [EvaluationRow] {
    rows.map { row in
      var row = row
      row.layer = shortened(row.layer)
      return row
    }
  }

  /// The rows of all images and of groups, the largest of these first where there is no room for all.
  private func rows() -> ([EvaluationRow], [Group], notes: [String]) {
    let width = max(table.metrics.count, 1)
    let board = table.board
    var keys = board.rows
    var notes: [String] = []
    if keys.count * width > Self.mostCells {
      let room = max(Self.mostCells / width - table.baselines.count, 1)
      let kept = Set(table.baselines + table.contenders.prefix(room))
      notes.append("\((keys.count - kept.count).grouped) rows are left out here; --json has all")
      keys = keys.filter(kept.contains)
    }
    var rows = shortened(table.rows(keys, of: board, EvaluationRow.everything))
    var room = Self.mostCells - rows.count
    let groups = table.result.boards.groups
    let order = groups.indices.sorted { (groups[$1].board.images, $0) < (groups[$0].board.images, $1) }
    var kept: Set<Int> = []
    for index in order.prefix(Self.mostGroups) {
      let cells = groups[index].board.rows.count * width
      guard cells <= room else { break }
      room -= cells
      kept.insert(index)
    }
    var found: [Group] = []
    for index in groups.indices where kept.contains(index) {
      let (group, board) = groups[index]
      // A label may be long, and would stand in every row.
      let name = "group \(index)"
      rows += shortened(table.rows(board.rows, of: board, name))
      found.append(Group(name: name, title: shortened(group.name), images: board.images))
    }
    return (rows, found, notes)
  }

  private var curves: [Curve] {
    let found = table.metrics.flatMap { metric in
      table.board.rows.compactMap { key -> Curve? in
        guard let curve = gallery.curves.curve(key, metric.name) else { return nil }
        let points = curve.points
        return Curve(
          metric: metric.name, method: key.method, layer: shortened(key.layer), images: curve.count,
          shares: curve.shares,
          mean: points.map { EvaluationRow.rounded($0.mean) },
          low: points.map { EvaluationRow.rounded($0.interval?.lowerBound) },
          high: points.map { EvaluationRow.rounded($0.interval?.upperBound) })
      }
    }
    return Array(found.prefix(Self.mostCurves))
  }

  private func pictures() throws -> Gallery? {
    guard let row = gallery.first else { return nil }
    let painter = try EvaluationPainter(plan, row)
    let sides = gallery.sides
    func cards(_ entries: [ExtremeMaps<EvaluationGallery.Card>.Entry]) -> [Card] {
      entries.map { entry in
        let card = entry.content
        let picture = painter.picture(of: card)
        return Card(
          image: shortened(card.source.path.description), target: shortened(card.target.name), value: entry.value,
          others: card.others.map { .init(method: $0.method, layer: shortened($0.layer), value: $0.value) },
          othersLeftOut: card.othersLeftOut, overlay: picture.overlay, picture: picture.picture,
          size: picture.size, outline: picture.outline, grid: picture.grid, note: picture.note)
      }
    }
    let (best, worst) = (cards(sides.best), cards(sides.worst))
    guard !best.isEmpty else { return nil }
    let unseen = (best + worst).count { $0.note != nil }
    let note = unseen > 0 ? "\(unseen) of the images cannot be shown." : nil
    return Gallery(
      metric: gallery.metric.name, method: row.method, layer: shortened(row.layer), best: best, worst: worst, note: note
    )
  }
}

extension String {
  /// Without spaces at its ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
