/// Where in an image its classes are, as somebody marked them.
public struct ImageTruth: Sendable {
  /// What was marked for one class.
  public struct Finding: Sendable {
    /// Among the model's classes; nil where the marks say nothing of a class: they are held against every class that is explained.
    public var classIndex: Int?
    /// Where it is, in pixels of the image.
    public var shape: TruthShape

    /// A finding of a class at a place.
    public init(classIndex: Int? = nil, _ shape: TruthShape) { (self.classIndex, self.shape) = (classIndex, shape) }
  }

  /// One a class.
  public var findings: [Finding]

  /// An image with these findings.
  public init(_ findings: [Finding]) { self.findings = findings }

  /// The classes that are marked by name, each once.
  var classIndices: [Int] {
    findings.reduce(into: []) { found, finding in
      if let index = finding.classIndex, !found.contains(index) { found.append(index) }
    }
  }

  /// What the network sees of a class's findings; nil where nothing is marked for it.
  ///
  /// - Parameters:
  ///   - geometry: where in the image the network's input lies.
  ///   - height: of the input, in cells, as `width` is.
  public func region(of classIndex: Int, geometry: CropGeometry, height: Int, width: Int) -> TruthRegion? {
    let shapes = findings.filter { $0.classIndex == nil || $0.classIndex == classIndex }.map(\.shape)
    return shapes.isEmpty ? nil : TruthRegion(shapes, geometry, height: height, width: width)
  }
}

/// A class's findings as the network sees them: cells of its input.
public struct TruthRegion: Sendable {
  /// In cells of the input.
  public let width, height: Int
  /// By cell, whether its centre lies in a finding.
  public let cells: [Bool]
  /// Pixels of the image that a cell stands for, across and down.
  public let pitch: (x: Double, y: Double)
  /// The boxes in cells of the input, where all that was marked are boxes; else none.
  public let boxes: [TruthBox]

  init(
    width: Int, height: Int, cells: [Bool], pitch: (x: Double, y: Double) = (1, 1), boxes: [TruthBox] = []
  ) {
    precondition(cells.count == width * height, "cells that do not fill the region")
    (self.width, self.height, self.cells, self.pitch) = (width, height, cells, pitch)
    self.boxes = boxes
    count = cells.count(where: \.self)
  }

  init(_ shapes: [TruthShape], _ geometry: CropGeometry, height: Int, width: Int) {
    let pitch = (x: geometry.width / Double(width), y: geometry.height / Double(height))
    let cells = (0..<width * height).map { position in
      let x = geometry.x + (Double(position % width) + 0.5) * pitch.x
      let y = geometry.y + (Double(position / width) + 0.5) * pitch.y
      return shapes.contains { $0.contains(x: x, y: y) }
    }
    let boxes = shapes.map { shape -> [TruthBox] in
      guard case .boxes(let boxes) = shape else { return [] }
      return boxes.map {
        TruthBox(
          x: ($0.x - geometry.x) / pitch.x, y: ($0.y - geometry.y) / pitch.y, width: $0.width / pitch.x,
          height: $0.height / pitch.y)
      }
    }
    let areBoxes = !boxes.contains { $0.isEmpty }
    self.init(
      width: width, height: height, cells: cells, pitch: pitch, boxes: areBoxes ? boxes.flatMap { $0 } : [])
  }

  /// How many cells belong to it.
  public let count: Int
  /// The share of the input's cells that belong to it: 0 where the crop left the findings out.
  public var share: Double { Double(count) / Double(cells.count) }
}
