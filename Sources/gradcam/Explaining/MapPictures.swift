import GradCAMCore
import ModelFormats

/// Draws one map and encodes it, in the formats that files' endings name.
struct MapPictures {
  private let map: ExplanationMap
  private let explanation: Explanation
  private let style: OverlayStyle
  private let plan: ExplainPlan
  private let imageDigest: String
  /// What is drawn on, and where the map lies on it.
  private let canvas: Image
  private let geometry: CropGeometry
  /// Those of the canvas, where they are known.
  private let regions: [MapRegion]?

  /// - Parameters:
  ///   - regions: in pixels of the whole image.
  ///   - imageDigest: the SHA-256 of the image's file.
  init(
    _ map: ExplanationMap, of explanation: Explanation, style: OverlayStyle, regions: [MapRegion],
    imageDigest: String, _ plan: ExplainPlan
  ) {
    (self.map, self.explanation, self.style, self.plan) = (map, explanation, style, plan)
    self.imageDigest = imageDigest
    let prepared = explanation.prepared
    let isInput = plan.options.look.canvas == .input
    (canvas, geometry) =
      isInput ? (prepared.crop, .whole(of: prepared.crop)) : (explanation.image, prepared.geometry)
    self.regions = isInput ? nil : regions
  }

  private var look: LookOptions { plan.options.look }

  /// The overlay, or the panel.
  ///
  /// - Throws: `InputError` without a subject where the format cannot hold it.
  func overlay() throws(InputError) -> [UInt8] {
    let format = plan.options.outputs.overlayFormat
    if format == .svg {
      return try SVGFigure(look.hasPanel ? .panel : .overlay, caption: caption.drawing(clip: clip), texts: texts)
        .encode(
          map.drawn, over: canvas, at: geometry, style: style, regions: regions)
    }
    let picture =
      look.hasPanel
      ? Panel.draw(map.drawn, over: canvas, at: geometry, style: style, regions: regions, caption: caption.panel)
      : Overlay.draw(map.drawn, over: canvas, at: geometry, style: style, regions: regions)
    return try encode(picture, format)
  }

  /// The map by itself: its cells, or on the grid of the whole image.
  ///
  /// - Throws: `InputError` without a subject where the format cannot hold it.
  func heatmap(_ format: FileFormat) throws(InputError) -> [UInt8] {
    let isInput = look.canvas == .input
    switch format {
    case .npy:
      let numbers = isInput ? map.heatmap : onImage(map.heatmap)
      return NumPyFile.encode(numbers.values, shape: [numbers.height, numbers.width])
    case .png where !isInput:
      return try onImage(map.drawn).png16(
        black: map.isSigned ? -1 : 0, texts: texts(clip: nil, fullScale: 1))
    case .svg:
      return try SVGFigure(isInput ? .cells : .map, caption: caption.drawing(clip: clip), texts: texts).encode(
        map.drawn, over: canvas, at: geometry, style: plain)
    case .png, .jpeg:
      let picture =
        isInput
        ? HeatmapPicture.draw(map.drawn, style: plain)
        : HeatmapPicture.draw(map.drawn, at: geometry, style: plain)
      return try encode(picture, format)
    }
  }

  private func onImage(_ map: Heatmap) -> Heatmap {
    map.onImage(at: explanation.prepared.geometry, interpolation: style.interpolation)
  }

  /// The overlay's style for the map alone: its values as they are.
  private var plain: OverlayStyle { style.forMapAlone }

  private func encode(_ picture: Image, _ format: FileFormat) throws(InputError) -> [UInt8] {
    format == .jpeg
      ? try JPEGEncoder.encode(picture, quality: 95, hasFineColors: true, texts: texts)
      : try PNGEncoder.encode(picture, texts: texts)
  }

  /// What the picture says of itself; the first text is how folder scans know our pictures.
  private var texts: KeyValuePairs<String, String> { texts(clip: clip, fullScale: style.fullScale) }

  /// - Parameters:
  ///   - clip: the percentile that the map is clipped at; nil where it is not.
  ///   - fullScale: what the end of the colours stands for.
  private func texts(clip: Double?, fullScale: Float) -> KeyValuePairs<String, String> {
    let (provenance, activation) = (plan.provenance, explanation.prediction.activation)
    return [
      PNGText.ownKeyword: provenance.version, "method": map.method.name, "layer": map.layer,
      "target": map.target.label ?? "\(map.target.index)", "mode": map.mode.rawValue,
      "against": map.against?.name ?? "none", "explains": "\(map.question)", "verdict": map.verdict.rawValue,
      "damaged": explanation.isDamaged ? "yes" : "no",
      "activation": "\(activation.kind.rawValue) (\(activation.source.rawValue))",
      "scale": map.scale.map { "\($0)" } ?? "none", "clip": clip.map { $0.trimmed(2) } ?? "none",
      "range": "\(map.isSigned ? -fullScale : 0) \(fullScale)", "canvas": look.canvas.rawValue,
      "seed": map.seed.map(String.init) ?? "none", "preprocess": provenance.preprocess,
      "model_sha256": provenance.modelDigest ?? "unknown", "image_sha256": imageDigest,
    ]
  }

  private var clip: Double? { plan.styles.clip(of: map, style) }

  private var caption: MapCaption {
    MapCaption(map: map, best: explanation.prediction.best(1)[0], isDamaged: explanation.isDamaged)
  }
}
