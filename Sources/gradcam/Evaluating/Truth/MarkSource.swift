import GradCAMCore
import ModelFormats

/// Where classes are, by a file of boxes or runs.
struct MarkSource: TruthSource {
  let notes: [Message]
  let isNameless: Bool
  let remarks: [Message] = []
  private let path: FilePath
  private let entries: [MarkTable.Entry]
  private let names: MarkNames
  /// By word of the table.
  private let indices: [Int?]

  /// - Throws: `InputError` naming the file.
  init(_ path: FilePath, _ model: Model) throws(InputError) {
    let table = try MarkFile.read(path)
    (self.path, entries, names) = (path, table.entries, MarkNames(table.names))
    isNameless = table.entries.contains { $0.marks.contains { $0.word == nil } }
    do throws(InputError) {
      let (indices, note) = try MarkClasses(model).indices(of: table.words)
      (self.indices, notes) = (indices, note.map { [$0] } ?? [])
    } catch { throw error.about("\(path)") }
  }

  func truth(of image: ImageSource, size: ImageSize) throws(InputError) -> ImageTruth? {
    do throws(InputError) {
      guard let place = try names.place(of: image.path) else { return nil }
      let findings = try findings(entries[place], size)
      return findings.isEmpty ? nil : ImageTruth(findings)
    } catch {
      let name = image.path.lastComponent.description.printable.clipped(to: 80)
      throw InputError("\(path)", "for \(name) it \(error.problem)", remedy: error.remedy)
    }
  }

  func marks(_ image: ImageSource) -> Bool { (try? names.place(of: image.path)) ?? nil != nil }

  func absence(_ images: Int) -> Message {
    let count = entries.count
    return "none of the \(count.grouped) images that \(path) names is among the inputs"
  }

  private func findings(_ entry: MarkTable.Entry, _ size: ImageSize) throws(InputError) -> [ImageTruth.Finding] {
    for other in [entry.size] + entry.marks.map(\.shape.size) {
      if let other, other != size { throw TruthFiles.misfit(other, size) }
    }
    var (findings, boxes, order) = ([ImageTruth.Finding](), [Int?: [TruthBox]](), [Int?]())
    for mark in entry.marks {
      let index = mark.word.flatMap { indices[$0] }
      if mark.word != nil && index == nil { continue }
      switch mark.shape {
      case .box(let box):
        guard box.x < Double(size.width), box.y < Double(size.height), box.x + box.width > 0, box.y + box.height > 0
        else {
          let (x, y) = (box.x.trimmed(1), box.y.trimmed(1))
          throw InputError(
            "", "has a box at (\(x), \(y)), outside the image of \(size.width)×\(size.height) pixels",
            remedy: "pixels of the image as it is shown")
        }
        if boxes[index] == nil { order.append(index) }
        boxes[index, default: []].append(box)
      case .polygons(let polygons): findings.append(ImageTruth.Finding(classIndex: index, .polygons(polygons)))
      case .runs(let extent, let text):
        let runs = try TruthRuns(width: extent.width, height: extent.height, compressed: text)
        if !runs.isEmpty { findings.append(ImageTruth.Finding(classIndex: index, .runs(runs))) }
      case .counts(let extent, let counts):
        let runs = try TruthRuns(width: extent.width, height: extent.height, counts: counts)
        if !runs.isEmpty { findings.append(ImageTruth.Finding(classIndex: index, .runs(runs))) }
      }
    }
    return findings + order.map { ImageTruth.Finding(classIndex: $0, .boxes(boxes[$0] ?? [])) }
  }
}
