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
  /// The SHA-256 of the image's file.
  let imageDigest: String
  private var contents: [(path: FilePath, bytes: [UInt8])] = []
  private let plan: ExplainPlan
  private let source: ImageSource

  /// - Parameter imageDigest: the SHA-256 of the image's file.
  /// - Throws: `InputError` naming an output that would replace an input.
  init(
    _ explanation: Explanation, of source: ImageSource, imageDigest: String, _ plan: ExplainPlan
  ) throws(InputError) {
    (self.plan, self.source, self.imageDigest) = (plan, source, imageDigest)
    let names = explanation.maps.map { map in
      plan.names.name(method: map.method.name, layer: map.layer, target: map.target.index)
    }
    overlays = names.map { plan.names.overlay(of: source, $0) }
    heatmaps = names.map { plan.names.heatmap(of: source, $0) }
    styles = explanation.maps.map(plan.styles.style)
    regions = zip(explanation.maps, styles).map { map, style in
      Overlay.regions(map.drawn, at: explanation.prepared.geometry, style: style)
    }
    for (index, map) in explanation.maps.enumerated() {
      let pictures = MapPictures(
        map, of: explanation, style: styles[index], regions: regions[index], imageDigest: imageDigest, plan)
      do throws(InputError) {
        contents.append((overlays[index], try pictures.overlay()))
      } catch { throw error.about("\(overlays[index])") }
      if let path = heatmaps[index], let format = plan.options.outputs.heatmap?.format {
        do throws(InputError) { contents.append((path, try pictures.heatmap(format))) } catch {
          throw error.about("\(path)")
        }
      }
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
          try AtomicFile.write(bytes, to: path, pipes: plan.stop.pipes)
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
