import GradCAMCore
import ModelFormats

/// Where classes are in images, as files say.
protocol TruthSource: Sendable {
  /// What is doubtful about the files as a whole.
  var notes: [Message] { get }
  /// Whether there are marks of no class, which are held against every class that is explained.
  var isNameless: Bool { get }
  /// What is doubtful about what was read since.
  var remarks: [Message] { get }

  /// Whether the files have an entry of an image, be it empty.
  func marks(_ image: ImageSource) -> Bool
  /// That none of so many images has an entry.
  func absence(_ images: Int) -> Message

  /// What is known of an image; nil where nothing is.
  ///
  /// - Parameter size: of the upright image, in pixels.
  /// - Throws: `InputError` naming the file at fault: marks of another size than the image, or that cannot be read.
  func truth(of image: ImageSource, size: ImageSize) throws(InputError) -> ImageTruth?
}

/// The files that `evaluate` may be given.
enum TruthFiles {
  /// nil where none is given.
  ///
  /// - Throws: `InputError` about a file that cannot be read or whose classes the model lacks, and about a metric that was asked for and needs
  ///   marks where there are none.
  static func source(_ options: Options, _ model: Model) throws(InputError) -> (any TruthSource)? {
    let evaluation = options.evaluation
    switch (evaluation.masks, evaluation.boxes) {
    case (let masks?, nil): return try MaskFolder(masks, options.decoding)
    case (nil, let boxes?): return try MarkSource(boxes, model)
    case (_?, _?): throw InputError("--masks", "cannot be combined with --boxes", remedy: "one of them")
    case (nil, nil):
      try requireNone(evaluation)
      return nil
    }
  }

  static func flag(_ options: EvaluationOptions) -> Message { options.masks == nil ? "--boxes" : "--masks" }

  /// What tells whether marks are those of an earlier run: the files' contents, and their names below the folder; of more
  /// than can be read at once sizes and times in the contents' place. nil without marks.
  ///
  /// Neither where the files lie nor when they were copied there matters: shards of other machines are the same run.
  static func digest(_ options: EvaluationOptions) throws(InputError) -> String? {
    guard let path = options.masks ?? options.boxes else { return nil }
    var files: [(name: String, path: FilePath)] = []
    if path.isFolder {
      var walk = try FolderWalk(path, isRecursive: true)
      while let entry = walk.next() {
        if case .file(let relative) = entry { files.append(("\(relative)", path.appending(relative))) }
      }
    } else {
      files = [("", path)]
    }
    let stamps = files.map { FileStatus($0.path)?.stamp }
    let total = stamps.reduce(0.0) { $0 + Double($1?.bytes ?? 0) }
    let isSmall = total <= 256e6 && files.count <= 20_000
    let lines = zip(files, stamps).map { file, stamp in
      let content = isSmall ? digest(of: file.path) : nil
      return "\(file.name) \(stamp?.bytes ?? -1) \(content ?? "\(stamp?.modified ?? 0)")"
    }
    return SHA256.digest(of: Array(lines.sorted().joined(separator: "\0").utf8))
  }

  /// nil for what is no file on disk, and what cannot be read.
  private static func digest(of path: FilePath) -> String? {
    guard FileStatus(path)?.isRegular ?? false, let file = try? FileBytes(path: path) else { return nil }
    defer { withExtendedLifetime(file) {} }
    return SHA256.digest(of: file.bytes)
  }

  /// Marks of another size than their image's.
  static func misfit(_ marks: ImageSize, _ image: ImageSize) -> InputError {
    InputError(
      "", "marks an image of \(marks.width)×\(marks.height) pixels, and the image has \(image.width)×\(image.height)",
      remedy: "marks of the image's own size")
  }

  /// Of metrics, groups measure what they can, and those that were named one by one were refused before.
  private static func requireNone(_ options: EvaluationOptions) throws(InputError) {
    let remedy: Message = "--masks DIR or --boxes FILE"
    for requirement in options.requirements {
      if let metric = try? Metrics.named(requirement.metric).first, metric.needs.contains(.truth) {
        throw InputError("--require", "\(metric.name) needs to know where the class is", remedy: remedy)
      }
    }
    if !options.groups.isEmpty { throw InputError("--by", "groups by marks", remedy: remedy) }
  }
}
