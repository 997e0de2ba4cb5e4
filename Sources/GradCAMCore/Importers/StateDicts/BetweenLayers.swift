import ModelFormats

/// What a file holds beside a trunk and its head that may stand between them, or before them, and so change every number.
struct BetweenLayers {
  private let file: FileTensors
  /// Tensors that nothing took, and that no name tells to be a helper's.
  private let left: [Int]
  private let fit: TrunkFit
  /// The lengths of vectors between trunk and head, and behind the head.
  private let (widths, classes): (Set<Int>, Int?)

  /// - Parameters:
  ///   - left: the places of tensors that take no part and belong to no other head.
  ///   - head: nil where the architecture's is like no other's.
  ///   - isOwnAlone: whether what stands outside the network's module is known to be none of it.
  init(_ file: FileTensors, left: [Int], _ fit: TrunkFit, _ head: HeadReader.Candidate?, isOwnAlone: Bool) {
    (self.file, self.fit) = (file, fit)
    self.left = left.filter { index in
      !file.isBeside(index) && (!isOwnAlone || file.names[index].hasPrefix(fit.view.prefix))
    }
    widths = Set([fit.slot?.width, fit.slot?.channels, head?.parts.first?.input].compactMap { $0 })
    classes = head?.classes
  }

  /// Refuses poolings with weights, such as the power of a generalised mean (Radenović et al. 2018, "Fine-tuning CNN Image Retrieval
  /// with No Human Annotation", equation 3).
  ///
  /// - Throws: `InputError` without a subject.
  func refusePooling() throws(InputError) {
    let found = left.map { file.names[$0] }.filter { name in
      let path = name.split(separator: ".")
      return path.last == "p" || NetworkRole.isPooling(path.dropLast().joined(separator: "."))
    }
    guard found.isEmpty else {
      throw InputError(
        "",
        """
        is \(fit.architecture.spec.name) with a pooling that has weights, as GeM's power is one: \
        \(PassedOver.list(found, 2))
        """,
        remedy: .exportInstead)
    }
  }

  /// Refuses layers that take or give vectors of a length that passes between trunk and head, or behind it.
  ///
  /// - Throws: `InputError` without a subject.
  func refuseLayers() throws(InputError) {
    let found = left.filter(fitsBetween).map { file.names[$0] }
    guard found.isEmpty else {
      let name = fit.architecture.spec.name
      throw Self.error(fit, found, remedy: "\(.arch) \(name) passes them over, and gradcam help export keeps them")
    }
  }

  static func error(_ fit: TrunkFit, _ names: [String], remedy: Message) -> InputError {
    InputError(
      "",
      """
      holds layers that may stand between the trunk of \(fit.architecture.spec.name) and its head: \
      \(PassedOver.list(names, 2))
      """,
      remedy: remedy)
  }

  private func fitsBetween(_ index: Int) -> Bool {
    let (name, shape) = (file.names[index], file.records[index].shape)
    guard let last = name.split(separator: ".").last, last.contains("weight") else { return false }
    if shape.count > 1 { return shape.prefix(2).contains(where: widths.contains) || shape[1] == classes }
    guard shape.count == 1, last == "weight", widths.contains(shape[0]) || shape[0] == classes else { return false }
    // A norm has as many biases.
    let bias = name.dropLast(last.utf8.count) + "bias"
    return left.contains { file.names[$0] == bias && file.records[$0].shape == shape }
  }

  // MARK: - Heads of cosines

  /// Refuses a head whose name says that its scores are cosines of normalised vectors (Deng et al. 2019, "ArcFace", equation 3), where no
  /// other head answers.
  ///
  /// - Parameter heads: those that fit.
  /// - Throws: `InputError` without a subject.
  static func refuseMarginHead(
    _ file: FileTensors, _ fit: TrunkFit, _ heads: [HeadReader.Candidate]
  ) throws(InputError) {
    let trunk = fit.indices
    let found = file.names.indices.first { index in
      let (name, shape) = (file.names[index], file.records[index].shape)
      guard shape.count == 2, !trunk.contains(index), NetworkRole.isMarginHead(name) else { return false }
      let input = name.hasSuffix(".W") ? shape[0] : shape[1]
      return heads.isEmpty || heads.contains { $0.classes == input }
    }
    guard let found else { return }
    throw InputError(
      "",
      """
      is \(fit.architecture.spec.name) with a head of cosines, \(file.names[found].brief()): features and weights are normalised \
      before they are multiplied
      """, remedy: .exportInstead)
  }

  /// What is said of a head that may be one of cosines for all that its names tell; nil where nothing hints at it.
  static func cosineNote(_ head: HeadReader.Candidate) -> Message? {
    guard head.parts.count > 1, let last = head.parts.last(where: { $0.output != nil }), last.isLinearWithoutBias else {
      return nil
    }
    return """
      \(last.module.brief()) has no bias, and is read as a linear layer: scores that are cosines, as ArcFace's are, need an export \
      (gradcam help export)
      """
  }

  // MARK: - Normalisation

  /// What is said of buffers that hold an image's means and deviations; nil where there are none.
  var normalization: Message? {
    for index in left where file.names[index].hasSuffix("mean") && !file.names[index].hasSuffix("running_mean") {
      let name = file.names[index]
      let partner = "\(name.dropLast(4))std"
      guard let mean = numbers(index), let other = left.first(where: { file.names[$0] == partner }),
        let std = numbers(other), std.count == mean.count, std.allSatisfy({ $0 > 0 })
      else { continue }
      let isWhole = (mean + std).contains { $0 > 2 }
      return """
        \(name.brief(24)) and \(partner.brief(24)) tell that the network normalises by itself, which is not done (\(.preprocess) \
        scale=\(isWhole ? 1 : 255),mean=\(Self.text(mean)),std=\(Self.text(std)) does it, \
        if the network takes samples from 0 to \(isWhole ? 255 : 1))
        """
    }
    return nil
  }

  /// The numbers of a small buffer, one a channel; nil where it is none, or they are no mean or deviation of samples.
  private func numbers(_ index: Int) -> [Float]? {
    let record = file.records[index]
    guard record.elementCount == 3 || record.elementCount == 1 && record.shape.count > 2,
      [.float32, .float16, .bfloat16, .float64].contains(record.type)
    else { return nil }
    let values = record.floats()
    return values.allSatisfy { (-1...255).contains($0) } ? values : nil
  }

  private static func text(_ numbers: [Float]) -> String { numbers.map { "\($0)" }.joined(separator: "/") }
}
