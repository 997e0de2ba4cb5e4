import GradCAMCore
import ModelFormats
import Synchronization

/// The memory of images that are under way: what each takes is known once its header is read, and shared out among all jobs.
final class ImageMemory: Sendable {
  private let budget: MemoryBudget
  private let needs: ExplainingMemory
  private let setups: [Explainer.Setup]
  private let drawing: DrawingMemory
  private let isReady = Atomic(false)

  /// - Parameters:
  ///   - options: what is drawn; nil for nothing.
  ///   - budget: the memory that all who are under way share.
  convenience init(
    _ needs: ExplainingMemory, _ setup: Explainer.Setup, drawing options: Options? = nil, budget: MemoryBudget
  ) {
    self.init(needs, [setup], drawing: options, budget: budget)
  }

  /// - Parameter setups: those that explain each image, one after the other; `needs` is of all.
  init(
    _ needs: ExplainingMemory, _ setups: [Explainer.Setup], drawing options: Options? = nil, budget: MemoryBudget
  ) {
    (self.needs, self.setups, self.budget) = (needs, setups, budget)
    let maps = setups.map(\.mapCount).max() ?? 0
    drawing = options.map { DrawingMemory($0, maps: maps) } ?? DrawingMemory()
  }

  /// Whether the model's weights are in the engine's orders, which takes memory once.
  var isModelReady: Bool {
    get { isReady.load(ordering: .relaxed) }
    set { isReady.store(newValue, ordering: .relaxed) }
  }

  /// One image's part, to be released when the image is done.
  func claim() -> MemoryClaim { MemoryClaim(budget) }

  /// Waits for the memory that a picture takes.
  ///
  /// - Parameter isFirst: whether its explainer has not explained any before.
  /// - Throws: `InputError` without a subject where it cannot be had.
  func take(_ extent: PictureExtent, _ claim: MemoryClaim, isFirst: Bool) throws(InputError) {
    try claim.take(need(extent, isFirst: isFirst), "explaining it takes", remedy: "a smaller image, or more memory")
  }

  /// The most that any of the models makes of it.
  private func need(_ extent: PictureExtent, isFirst: Bool) -> MemoryNeed {
    setups.map { need(extent, $0, isFirst: isFirst) }.reduce(MemoryNeed()) { most, need in
      var most = most
      (most.filled, most.addressed) = (max(most.filled, need.filled), max(most.addressed, need.addressed))
      return most
    }
  }

  private func need(_ extent: PictureExtent, _ setup: Explainer.Setup, isFirst: Bool) -> MemoryNeed {
    let preparing = setup.preprocessor.memory(for: extent)
    let usual = max(setup.model.input.height * setup.model.input.width, 1)
    // An image of another size than the model's takes more of everything.
    let factor = max((preparing.crop + usual - 1) / usual, 1)
    let bytes = extent.decodingBytes + preparing.shown + max(preparing.passing, drawing.bytes(extent, preparing.crop))
    var need = MemoryNeed(filled: bytes) + needs.image * factor
    if isFirst || factor > 1 { need = need + needs.explainer * factor }
    return isModelReady ? need : need + needs.model
  }
}

/// What drawing takes, in bytes a pixel: measured, and rounded up.
private struct DrawingMemory {
  private var perCanvasPixel = 0
  /// Of the whole image, whatever is drawn on.
  private var perImagePixel = 0
  private var drawsOnImage = false

  /// Nothing is drawn.
  init() {}

  init(_ options: Options, maps: Int) {
    let look = options.look
    drawsOnImage = look.canvas == .original
    // The enlarged map, its colours, the overlay, and the file that grows by doubling.
    perCanvasPixel = look.hasPanel ? 40 : 18
    if options.outputs.overlayFormat == .svg { perCanvasPixel += 15 }
    if options.outputs.heatmap != nil { perCanvasPixel += 20 }
    perCanvasPixel += 4 * min(max(maps - 1, 0), 1 << 20)
    if look.marks != nil { perImagePixel = 12 }
  }

  func bytes(_ extent: PictureExtent, _ cropPixels: Int) -> Int {
    let whole = extent.whole.width * extent.whole.height
    return perImagePixel * whole + perCanvasPixel * (drawsOnImage ? whole : min(cropPixels, 1 << 40))
  }
}
