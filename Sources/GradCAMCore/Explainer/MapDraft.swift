/// A map before it is scaled: of one layer, or joined of several.
struct MapDraft {
  let method: any CAMMethod
  /// The method's place among those that are asked for.
  let methodIndex: Int
  /// The layers' paths; empty for the input.
  private(set) var layers: [String]
  let target: Prediction.Entry
  let score: Float
  var evidence: LayerEvidence
  var finding: Finding
  /// What is wrong with the evidence.
  private(set) var cause: Verdict?
  /// The map after the method's own ReLU, where it has one.
  var cam: Heatmap
  /// Scaled already, where a library scales before it joins; nil to scale `cam`.
  var scaled: Heatmap?
  let settings: MethodSettings
  /// What it took beside the forward pass that all maps share.
  private(set) var milliseconds: Double
  /// Of a map joined of several: the least `positiveShare` of theirs.
  private var leastShare: Float?
  /// Whether it is joined of maps that are worth less than it shows: each was scaled before.
  private var hasFaintPart = false

  /// Has the method explain.
  ///
  /// - Parameter start: when work on this map began, by `millisecondsNow`.
  init(
    _ method: any CAMMethod, at methodIndex: Int, _ evidence: Evidence, _ target: Prediction.Entry, since start: Double
  ) throws {
    (self.method, self.methodIndex, self.target, settings) = (method, methodIndex, target, evidence.settings)
    layers = evidence.layer.isEmpty ? [] : [evidence.layer]
    score = evidence.score.value(of: evidence.outputs[0])
    let attention = method.needs.contains(.attention) ? evidence.attentionProbe.lastShares : nil
    self.evidence = LayerEvidence(activations: attention ?? evidence.site?.own ?? evidence.activations)
    cause = Verdict.cause(evidence, needs: method.needs)
    finding = try method.explain(evidence)
    cam = method.cutsNegative(settings) ? finding.map.positivePart() : finding.map
    milliseconds = millisecondsNow() - start
  }

  private init(joining drafts: [MapDraft], _ map: Heatmap) {
    self = drafts[0]
    leastShare = drafts.map(\.positiveShare).min()
    hasFaintPart = drafts.contains { $0.verdict == .faint }
    milliseconds = drafts.reduce(0) { $0 + $1.milliseconds }
    layers = drafts.flatMap(\.layers)
    (finding.map, finding.attributions) = (map, nil)
    finding.verdict = drafts.lazy.compactMap(\.finding.verdict).first
    cause = drafts.lazy.compactMap(\.cause).first
    (cam, scaled) = (map, nil)
  }

  /// One draft of those that a method made at several layers for one target.
  ///
  /// - Parameter input: the shape of what entered the network: pytorch-grad-cam joins maps at that size.
  static func fused(_ drafts: [MapDraft], _ fusion: LayerFusion, _ scale: MapScale, input: Shape) -> MapDraft {
    let isTorchCAM = drafts[0].settings.compat == .torchCAM
    let joinsAtInputSize = drafts[0].settings.compat == .pytorchGradCAM
    let maps = drafts.map { draft in
      var map = scale.scale(draft.cam, isSigned: draft.isSigned)
      // pytorch-grad-cam's Refine-CAM multiplies whole pictures, each scaled again after it was enlarged.
      if joinsAtInputSize, draft.method.fusion != nil {
        map = map.enlarged(height: input.h, width: input.w)
        if scale.fixed == nil { map = scale.scale(map, isSigned: false) }
      }
      return draft.settings.compat.map { draft.method.partOfFusion(map, in: $0) } ?? map
    }
    let height = joinsAtInputSize ? input.h : maps.map(\.height).max() ?? 1
    let width = joinsAtInputSize ? input.w : maps.map(\.width).max() ?? 1
    var joined = MapDraft(joining: drafts, fusion.join(maps, height: height, width: width))
    // torch-cam leaves fused maps as they are, but for Refine-CAM's product; what is joined of a fixed scale is on it.
    if scale.fixed != nil || isTorchCAM && drafts[0].method.fusion == nil { joined.scaled = joined.cam }
    return joined
  }

  /// The draft with a map at the input's size, scaled before it was enlarged and after.
  func scaledAsPytorchGradCAM(input: Shape) -> MapDraft {
    var result = self
    let once = Normalization.pytorchGradCAM.scale(cam)
    result.scaled = Normalization.pytorchGradCAM.scale(once.enlarged(height: input.h, width: input.w))
    return result
  }

  /// The mean of what was drafted for the same question about several versions of an image.
  static func averaged(_ drafts: [MapDraft], _ scale: MapScale) -> MapDraft {
    func mean(_ maps: [Heatmap]) -> Heatmap {
      Heatmap(width: maps[0].width, height: maps[0].height) { position in
        maps.reduce(0) { $0 + $1.values[position] } / Float(maps.count)
      }
    }
    var result = drafts[0]
    result.finding.map = mean(drafts.map(\.finding.map))
    result.cam = mean(drafts.map(\.cam))
    result.finding.attributions = nil
    result.milliseconds = drafts.reduce(0) { $0 + $1.milliseconds }
    // pytorch-grad-cam scales each before it takes the mean, and not again.
    if result.scaled != nil || result.settings.compat == .pytorchGradCAM {
      result.scaled = mean(drafts.map { $0.scaled ?? scale.scale($0.cam, isSigned: false) })
    }
    return result
  }

  /// The draft of a mirrored image, mirrored back.
  func mirrored() -> MapDraft {
    var result = self
    (result.finding.map, result.cam) = (finding.map.mirrored(), cam.mirrored())
    result.scaled = scaled?.mirrored()
    return result
  }

  var isSigned: Bool { method.drawsSign(settings) }

  /// See `Heatmap.positiveShare`; of a map joined of several, the least of theirs.
  var positiveShare: Float { leastShare ?? finding.map.positiveShare }

  var verdict: Verdict {
    if let known = cause ?? finding.verdict { return known }
    let own = Verdict.of(finding.map, keepsNegative: isSigned, knowsClass: method.knowsClass)
    return own == .ok && hasFaintPart ? .faint : own
  }
}
