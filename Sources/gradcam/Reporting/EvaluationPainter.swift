import FoundationEssentials
import GradCAMCore
import ModelFormats

/// Explains images once more to show them: of a run only their names are kept.
struct EvaluationPainter {
  /// What the page has of a map.
  struct Picture {
    /// `data:` URLs: the map over what the model saw, and that alone.
    var overlay: String?
    var picture: String?
    /// The width and the height of both, in pixels.
    var size: [Int]?
    /// Where what somebody marked ends, as the path of an SVG whose grid has this width and height; nil where nothing is marked.
    var outline: String?
    var grid: [Int]?
    /// Why there is no picture.
    var note: String?
  }

  private let plan: EvaluationPlan
  private let row: Leaderboard.Key
  private let explainer: Explainer
  private let styles: OverlayStyles

  /// The most pieces of an outline: one of more is drawn on a coarser grid.
  private static let mostEdges = 3000

  /// - Parameter row: whose maps are shown.
  /// - Throws: `InputError` where the method cannot be used.
  init(_ plan: EvaluationPlan, _ row: Leaderboard.Key) throws(InputError) {
    (self.plan, self.row) = (plan, row)
    var maps = plan.evaluation.maps
    maps.keepsGradients = false
    // Passes are as all methods want them, as in the run.
    maps.madeMethods = [row.method]
    let all = try Explainer.Setup(plan.setup.model, maps)
    if plan.setup.layerNames.contains(row.layer) { maps.layers = [row.layer] }
    let setup = (try? Explainer.Setup(plan.setup.model, maps)) ?? all
    explainer = Explainer(setup, threads: Cores.count)
    styles = try OverlayStyles(plan.options.look, compat: maps.settings.compat)
  }

  func picture(of card: EvaluationGallery.Card) -> Picture {
    if card.source.path.isDash { return Picture(note: "standard input cannot be read again") }
    // A pipe would be waited for without end.
    guard FileIdentity(card.source.path) != nil else { return Picture(note: "cannot be read again") }
    do { return try draw(card) } catch {
      return Picture(
        note: ((error as? InputError)?.problem).map { "\($0)".shortened(to: 200) } ?? "cannot be read again")
    }
  }

  private func draw(_ card: EvaluationGallery.Card) throws -> Picture {
    let file = try card.source.read(plan.stop)
    guard SHA256.digest(of: file.bytes) == card.imageDigest else {
      return Picture(note: "has changed since it was measured")
    }
    let claim = plan.memory.claim()
    defer { claim.release() }
    let decoded = try plan.options.decode(file, leastSize: plan.setup.preprocessor.leastSize) {
      [memory = plan.memory] (extent) throws(InputError) in try memory.take(extent, claim, isFirst: false)
    }
    try file.requireUnchanged()
    let prepared = try explainer.prepare(decoded)
    let explanation = try explainer.explain(prepared, of: prepared.crop, classes: [card.target.index])
    let map = explanation.maps.first { $0.method.name == row.method && $0.layer == row.layer }
    guard let map else { return Picture(note: "has no such map any more") }
    let overlay = Overlay.draw(map.drawn, over: prepared.crop, style: styles.style(of: map))
    var picture = Picture(overlay: try Self.url(overlay), picture: try Self.url(prepared.crop))
    picture.size = [overlay.width, overlay.height]
    let size = decoded.reduction?.original ?? decoded.size
    let truth = try? plan.truth?.truth(of: card.source, size: size)
    let sides = prepared.tensor.shape.dimensions.suffix(2)
    if let height = sides.first, let width = sides.last,
      let region = truth?.region(of: card.target.index, geometry: prepared.geometry, height: height, width: width)
    {
      (picture.outline, picture.grid) = Self.outline(region)
    }
    return picture
  }

  /// At most `Thumbnail.usualSide` pixels a side.
  private static func url(_ image: Image) throws -> String {
    let bytes = try JPEGEncoder.encode(Thumbnail(part: nil).draw(image, of: image.size))
    return "data:image/jpeg;base64,\(Data(bytes).base64EncodedString())"
  }

  private static func outline(_ region: TruthRegion) -> (String?, [Int]?) {
    guard region.count > 0 else { return (nil, nil) }
    var region = region
    while region.outline.count > mostEdges, min(region.width, region.height) > 1 { region = region.halved }
    let path = region.outline.map { edge in
      "M\(edge.x) \(edge.y)" + (edge.y == edge.toY ? "H\(edge.toX)" : "V\(edge.toY)")
    }
    return (path.joined(), [region.width, region.height])
  }
}
