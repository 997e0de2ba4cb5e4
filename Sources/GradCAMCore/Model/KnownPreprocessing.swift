import ModelFormats

/// How images are prepared for a network, and how that is known.
///
/// What the user says comes first, key by key; then what the file says; then what is usual for such a network. A preset replaces all
/// that is known.
struct KnownPreprocessing {
  /// What is done, as far as somebody says it.
  private(set) var specification: Preprocessing
  /// How it is known, in a few words.
  private(set) var source: Message
  /// What is told where some of it was assumed, for nobody says it.
  private(set) var assumption: Message?
  /// What else is to be told: sizes that were fitted, black borders.
  private(set) var notes: [Message] = []
  /// What may make results worthless.
  private(set) var warnings: [Message] = []

  /// - Parameter input: the network's, with the size that the user says.
  /// - Throws: `InputError` about `preprocess` or `input-shape`.
  init(_ network: ImportedNetwork, _ input: InputSize, _ overrides: Model.Overrides) throws(InputError) {
    let size: (height: Int, width: Int)? =
      input.isFixed || overrides.inputShape != nil ? (input.height, input.width) : nil
    var assumed: Assumed?
    if let known = network.metadata?.preprocessing {
      (specification, source) = (known, "the model file says so")
    } else {
      specification = try Preprocessing(parsing: network.preprocessing)
      source = "part of \(network.architecture.name)"
      assumed = network.definesPreprocessing ? nil : .all(network.preprocessing)
      if let said = network.remarks.said { assumed = take(said, input, assumed, network.normalization) }
    }
    if let size, overrides.inputShape != nil { fit(to: size, &assumed) }
    if let assumed { assume(assumed, because: network.preprocessingReason) }
    if let text = overrides.preprocessing { try change(by: try PreprocessingChange(parsing: text), size) }
    if let size, overrides.inputShape != nil, let made = specification.fixedSize, made != size {
      throw InputError(
        .inputShape, "is \(size.height)×\(size.width), and \(.preprocess) makes \(made.height)×\(made.width)",
        remedy: "one of the two")
    }
    if network.takesIntegers, specification.scale != 1 || specification.mean != [0] || specification.std != [1] {
      throw InputError(
        .preprocess, "makes fractions, and the model takes whole samples from 0 to 255", remedy: "raw, or scale=1")
    }
    noteBorders()
    if let normalization = network.normalization { compare(with: normalization, input) }
  }

  /// The height and width that a network which takes any size is given: what the preprocessing makes, or what the file prefers.
  static func preferredSize(
    _ metadata: ModelMetadata?, _ remarks: Remarks, _ overrides: Model.Overrides
  ) throws(InputError) -> (height: Int, width: Int) {
    let said = remarks.said?.preprocessing.fixedSize
    let usual = said ?? (224, 224)
    var typed: Preprocessing?
    if let text = overrides.preprocessing {
      let assumed = Preprocessing(crop: .size(height: usual.height, width: usual.width))
      typed = try PreprocessingChange(parsing: text).applied(to: metadata?.preprocessing ?? assumed)
    }
    return typed?.fixedSize ?? metadata?.input.map { ($0.height, $0.width) } ?? usual
  }

  /// Takes what another tool says, as far as the network can take it.
  ///
  /// - Returns: what is left to assume.
  private mutating func take(
    _ said: Remarks.Said, _ input: InputSize, _ assumed: Assumed?, _ normalization: InputNormalization?
  ) -> Assumed? {
    var full = said.preprocessing
    if let normalization, let bare = bare(full, normalization, input) {
      full = bare
      notes.append("\(said.source) tell of what the graph does itself: it \(normalization.words); done once")
    }
    let size = input.isFixed ? (height: input.height, width: input.width) : nil
    if let size, let made = full.fixedSize, made != size {
      notes.append("\(said.source) make \(made.height)×\(made.width) images, which is passed over")
      (full.resize, full.crop) = (nil, nil)
    }
    // A picture that keeps its shape has a size of its own.
    let isSized = full.fixedSize != nil || (full.resize != nil && full.crop == Preprocessing.Crop.none && size == nil)
    if !isSized { (full.resize, full.crop) = (specification.resize, specification.crop) }
    do { _ = try full.resolved(inputSize: size, channels: input.channels) } catch {
      notes.append("\(said.source): \(error.problem), which is passed over")
      return assumed
    }
    (specification, source) = (full, "by \(said.source)")
    return isSized ? nil : .sizes(said: said.source)
  }

  /// What is said without its normalisation, where the graph does that itself: samples from 0 to 1, or as they are.
  ///
  /// - Returns: nil where what is said fits as well.
  private func bare(
    _ said: Preprocessing, _ normalization: InputNormalization, _ input: InputSize
  ) -> Preprocessing? {
    func misfit(_ preprocessing: Preprocessing) -> Double {
      normalization.misfit(preprocessing, inputChannels: input.channels)
    }
    let candidates = [said.scale, 1].map { scale in
      var bare = said
      (bare.scale, bare.mean, bare.std) = (scale, [0], [1])
      return bare
    }
    guard let best = candidates.min(by: { misfit($0) < misfit($1) }) else { return nil }
    return misfit(said) > misfit(best) + InputNormalization.notableMisfit ? best : nil
  }

  /// Keeps the proportion of resizing and cropping at another size.
  private mutating func fit(to size: (height: Int, width: Int), _ assumed: inout Assumed?) {
    let fitted = specification.fitted(to: size)
    guard fitted != specification else { return }
    specification = fitted
    if case .all(let text) = assumed { assumed = .all("\(text),\(fitted.sizes)") }
    guard assumed == nil else { return }
    notes.append("\(.preprocess) fits itself to \(.inputShape) \(size.height)×\(size.width): \(fitted.sizes)")
  }

  private mutating func assume(_ assumed: Assumed, because reason: Message) {
    switch assumed {
    case .all(let text):
      source = "assumed, \(reason)"
      assumption = "the file says nothing of preprocessing; assumed \(.preprocess) \(text), \(reason)"
    case .sizes(let said):
      source = "\(source), sizes assumed"
      assumption = "\(said) say nothing of sizes; assumed \(.preprocess) \(specification.sizes)"
    }
  }

  private mutating func change(
    by typed: PreprocessingChange, _ size: (height: Int, width: Int)?
  ) throws(InputError) {
    specification = try typed.applied(to: specification, size: size)
    guard let preset = typed.preset else {
      source = "changed by \(.preprocess), else \(source)"
      // Whoever says all of these leaves nothing to assume but what every network has alike.
      if typed.keys.isSuperset(of: [.resize, .crop, .mean, .std]) { assumption = nil }
      assumption = assumption.map { "\($0), where \(.preprocess) does not say" }
      return
    }
    (source, assumption, notes) = ("chosen by \(.preprocess)", nil, [])
    guard let size, preset.specification.fitted(to: size) != preset.specification else { return }
    guard !typed.keys.isSuperset(of: [.resize, .crop]) else { return }
    notes.append(
      "\(.preprocess) \(preset.name) fits itself to the model's \(size.height)×\(size.width): \(specification.sizes)")
  }

  /// Warns of images that are normalised twice, or not enough, for what the graph itself does to them.
  private mutating func compare(with normalization: InputNormalization, _ input: InputSize) {
    guard let fitting = normalization.preset(inputChannels: input.channels),
      let best = try? Preprocessing(parsing: fitting)
    else { return }
    let misfits = [specification, best].map { normalization.misfit($0, inputChannels: input.channels) }
    guard misfits[0] > misfits[1] + InputNormalization.notableMisfit else { return }
    warnings.append(
      "the graph itself \(normalization.words), which \(.preprocess) \(fitting) fits and what is done does not")
  }

  /// Tells of a crop that is larger than any picture is when it is taken.
  private mutating func noteBorders() {
    guard case .size(let height, let width) = specification.crop else { return }
    switch specification.resize {
    case .shortSide(let side) where side < min(height, width): break
    case .size(let rows, let columns) where rows < height || columns < width: break
    default: return
    }
    notes.append("\(.preprocess) leaves black borders: the crop is larger than the picture (\(specification.sizes))")
  }
}

/// What neither the file nor the network says.
private enum Assumed {
  /// All of it, as text.
  case all(String)
  /// How large pictures are made, where somebody says the rest.
  case sizes(said: String)
}

extension Preprocessing {
  /// The sizes alone, as `init(parsing:)` reads them.
  fileprivate var sizes: String {
    [resize.map { "resize=\($0.text)" }, crop.map { "crop=\($0.text)" }].compactMap { $0 }.joined(separator: ",")
  }
}
