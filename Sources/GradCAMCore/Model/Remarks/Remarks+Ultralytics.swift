import ModelFormats

extension Remarks {
  /// Ultralytics' `task` and `imgsz`: its classifiers take samples from 0 to 1, of the middle of a picture whose shorter side has the
  /// input's size; an input that is no square is squashed to (<https://docs.ultralytics.com/reference/data/augment>,
  /// `classify_transforms`). YOLOv5 writes neither key.
  static func ultralytics(_ entries: [String: PlainValue]) throws(InputError) -> Said? {
    guard entries["task"]?.text == "classify" else { return nil }
    var said = Said(preprocessing: Preprocessing(), source: "Ultralytics' metadata")
    do throws(InputError) {
      guard let (height, width) = try size(entries) else { return said }
      said.preprocessing.resize = height == width ? .shortSide(height) : .size(height: height, width: width)
      said.preprocessing.crop = .size(height: height, width: width)
    } catch {
      // The task alone tells how samples are scaled.
      said.complaint = error
    }
    return said
  }

  private static func size(_ entries: [String: PlainValue]) throws(InputError) -> (height: Int, width: Int)? {
    guard let size = try entries.numbers("imgsz") else { return nil }
    let sides = size.compactMap { Int(exactly: $0) }
    guard sides.count == size.count, (1...2).contains(sides.count),
      sides.allSatisfy((1...Preprocessing.longestSide).contains)
    else { throw wrong("imgsz", "size of an image") }
    return (sides[0], sides[sides.count - 1])
  }
}
