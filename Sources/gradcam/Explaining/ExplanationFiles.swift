import GradCAMCore
import ModelFormats

/// The files that one explanation becomes: encoded first and written then, so that a failure leaves none.
struct ExplanationFiles {
  /// By map, where its overlay goes.
  let overlays: [FilePath]
  /// By map, where its heatmap goes.
  let heatmaps: [FilePath?]
  /// By map, how its pictures are drawn.
  let styles: [OverlayStyle]
  /// By map, its regions above the threshold in pixels of the whole image; empty where nobody asks for any.
  let regions: [[MapRegion]]
  /// By map, what its files hold.
  private(set) var seals: [Seals] = []
  /// The SHA-256 of the image's file.
  let imageDigest: String
  private var contents: [(path: FilePath, kind: OwnOutput, bytes: [UInt8])] = []
  private let plan: ExplainPlan
  private let source: ImageSource

  /// What the files of a map hold; nil where there is none on disk.
  struct Seals {
    var overlay: FileSeal?
    var heatmap: FileSeal?
    var dump: FileSeal?
  }

  /// - Parameters:
  ///   - names: by map, the words of its files' names.
  ///   - imageDigest: the SHA-256 of the image's file.
  /// - Throws: `InputError` naming an output that would replace an input, or a file that is not this tool's.
  init(
    _ explanation: Explanation, of source: ImageSource, _ names: [MapName], imageDigest: String, _ plan: ExplainPlan
  ) throws(InputError) {
    (self.plan, self.source, self.imageDigest) = (plan, source, imageDigest)
    overlays = names.map { plan.names.overlay(of: source, $0) }
    heatmaps = names.map { plan.names.heatmap(of: source, $0) }
    styles = explanation.maps.map(plan.styles.style)
    regions = zip(explanation.maps, styles).map { map, style in
      Overlay.regions(map.drawn, at: explanation.prepared.geometry, style: style)
    }
    for (index, map) in explanation.maps.enumerated() {
      let pictures = MapPictures(
        map, of: explanation, style: styles[index], regions: regions[index], imageDigest: imageDigest, plan)
      var seals = Seals()
      seals.overlay = try add(overlays[index], .picture, pictures.overlay)
      if let path = heatmaps[index], let format = plan.options.outputs.heatmap?.format {
        let kind = format == .npy ? OwnOutput.numbers : .picture
        seals.heatmap = try add(path, kind) { () throws(InputError) in try pictures.heatmap(format) }
      }
      if let path = plan.options.outputs.dump {
        seals.dump = try add(path, .evidence) { () throws(InputError) in try EvidenceFile.encode(map, explanation) }
      }
      self.seals.append(seals)
    }
    for (path, kind, _) in contents { try check(path, kind) }
  }

  /// Encodes a file; its seal where it is to lie on disk.
  private mutating func add(
    _ path: FilePath, _ kind: OwnOutput, _ encode: () throws(InputError) -> [UInt8]
  ) throws(InputError) -> FileSeal? {
    do {
      let bytes = try encode()
      contents.append((path, kind, bytes))
      return path.isStandardOutput ? nil : FileSeal(of: bytes)
    } catch { throw error.about("\(path)") }
  }

  /// Refuses to replace an input, or anything that this tool did not make: images that come from folders and lists are held by nobody.
  /// Damaged files are told from others' by the records of a run that is resumed.
  private func check(_ path: FilePath, _ kind: OwnOutput) throws(InputError) {
    guard let identity = FileIdentity(path) else { return }
    try plan.inputs.check(path)
    if identity == FileIdentity(source.path) { throw ProtectedFiles.replacement(of: path) }
    do throws(InputError) { try kind.check(path) } catch {
      guard plan.finished?.hasMade(path, for: source) ?? false else { throw error }
    }
  }

  /// Writes all files, or none.
  ///
  /// - Throws: `InputError` naming the file that cannot be written.
  func write() throws(InputError) {
    var written: [FilePath] = []
    do throws(InputError) {
      for (path, kind, bytes) in contents {
        if path.isDash {
          try writeToStandardOutput(bytes)
        } else {
          if plan.options.outputs.file == nil || path != plan.options.outputs.file { try Folders.make(path.parent) }
          let isNew = FileIdentity(path) == nil
          plan.leftovers.begin(path.parent)
          // Once more, since somebody else may have come by the name meanwhile.
          try AtomicFile.write(bytes, to: path, pipes: plan.stop.pipes) { path throws(InputError) in
            try check(path, kind)
          }
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
    do { try AtomicFile.writeAll([copy.bytes], to: 1, pipes: plan.stop.pipes) } catch {
      throw error.about("standard output")
    }
  }
}
