import GradCAMCore
import ModelFormats

/// The files that one explanation becomes: encoded first and written then, so that a failure leaves none.
struct ExplanationFiles {
  /// By map, where its overlay goes.
  let overlays: [FilePath]
  /// By map, where its heatmap goes.
  let heatmaps: [FilePath?]
  /// By map, its regions above the threshold in pixels of the canvas; empty where nobody asks for any.
  let regions: [[MapRegion]]
  /// The SHA-256 of the image's file.
  let imageDigest: String
  private var contents: [(path: FilePath, bytes: [UInt8])] = []
  private let plan: ExplainPlan
  private let source: ImageSource
  private let activation: ScoreActivation

  /// - Parameter imageDigest: the SHA-256 of the image's file.
  /// - Throws: `InputError` naming an output that would replace an input.
  init(
    _ explanation: Explanation, of source: ImageSource, imageDigest: String, _ plan: ExplainPlan
  ) throws(InputError) {
    (self.plan, self.source, self.imageDigest) = (plan, source, imageDigest)
    activation = explanation.prediction.activation
    let names = explanation.maps.map { map in
      MapName(method: map.method.name, layer: map.layer, target: plan.targetNames[map.target.index])
    }
    overlays = names.map { plan.names.overlay(of: source, $0) }
    heatmaps = names.map { plan.names.heatmap(of: source, $0) }
    let (canvas, geometry) = Self.canvas(explanation, plan)
    regions = explanation.maps.map { map in
      Overlay.regions(map.drawn, over: canvas, at: geometry, style: plan.styles.style(of: map))
    }
    for (index, map) in explanation.maps.enumerated() {
      let picture = picture(map, over: canvas, at: geometry, regions[index])
      contents.append((overlays[index], try png(picture, map)))
      if let path = heatmaps[index] { contents.append((path, try heatmap(map))) }
      if let path = plan.options.outputs.dump { contents.append((path, try EvidenceFile.encode(map, explanation))) }
    }
    for (path, _) in contents { try check(path) }
  }

  /// Refuses to replace an input: one that was named, or, where images come from folders and lists that nobody holds, any
  /// picture that this tool did not make.
  private func check(_ path: FilePath) throws(InputError) {
    try plan.inputs.check(path)
    guard !source.isOperand, FileIdentity(path) != nil else { return }
    let start = FileStart(path)
    if start.isImage && !start.isOverlay {
      throw InputError(
        "\(path)", "would be replaced, but is a picture that gradcam did not make", remedy: "another --output-dir")
    }
  }

  /// Writes all files, or none.
  ///
  /// - Throws: `InputError` naming the file that cannot be written.
  func write() throws(InputError) {
    var written: [FilePath] = []
    do throws(InputError) {
      for (path, bytes) in contents {
        if path.isDash {
          try writeToStandardOutput(bytes)
        } else {
          if plan.options.outputs.file == nil || path != plan.options.outputs.file { try Folders.make(path.parent) }
          let isNew = FileIdentity(path) == nil
          try AtomicFile.write(bytes, to: path)
          if isNew { written.append(path) }
        }
      }
    } catch {
      written.forEach(Folders.remove)
      throw error
    }
  }

  private func writeToStandardOutput(_ bytes: [UInt8]) throws(InputError) {
    let copy = FileBytes(copying: bytes)
    do { try AtomicFile.writeAll([copy.bytes], to: 1) } catch { throw error.about("standard output") }
  }

  private func picture(
    _ map: ExplanationMap, over canvas: Image, at geometry: CropGeometry, _ regions: [MapRegion]
  ) -> Image {
    let style = plan.styles.style(of: map)
    return plan.options.look.hasPanel
      ? Panel.draw(map.drawn, over: canvas, at: geometry, style: style, regions: regions)
      : Overlay.draw(map.drawn, over: canvas, at: geometry, style: style, regions: regions)
  }

  /// What is drawn on, and where the map lies on it.
  private static func canvas(_ explanation: Explanation, _ plan: ExplainPlan) -> (Image, CropGeometry) {
    let prepared = explanation.prepared
    return plan.options.look.canvas == .input
      ? (prepared.crop, .whole(of: prepared.crop)) : (explanation.image, prepared.geometry)
  }

  private func heatmap(_ map: ExplanationMap) throws(InputError) -> [UInt8] {
    if plan.options.outputs.heatmap?.format == .npy {
      return NumPyFile.encode(map.heatmap.values, shape: [map.heatmap.height, map.heatmap.width])
    }
    let style = plan.styles.style(of: map)
    return try png(HeatmapPicture.draw(map.drawn, colorMap: style.colorMap, isSigned: style.isSigned), map)
  }

  /// A PNG that says what it shows; the first text is how folder scans know our pictures.
  private func png(_ image: Image, _ map: ExplanationMap) throws(InputError) -> [UInt8] {
    let provenance = plan.provenance
    return try PNGEncoder.encode(
      image,
      texts: [
        PNGText.ownKeyword: provenance.version, "method": map.method.name, "layer": map.layer,
        "target": map.target.label ?? "\(map.target.index)", "verdict": map.verdict.rawValue,
        "activation": "\(activation.kind.rawValue) (\(activation.source.rawValue))",
        "seed": map.seed.map(String.init) ?? "none", "preprocess": provenance.preprocess,
        "model_sha256": provenance.modelDigest ?? "unknown", "image_sha256": imageDigest,
      ])
  }
}
