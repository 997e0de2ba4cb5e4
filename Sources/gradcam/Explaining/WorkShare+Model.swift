import GradCAMCore
import ModelFormats

extension WorkShare {
  /// As many jobs and threads as memory suffices for with a model, and what explaining with it takes.
  ///
  /// - Parameter randomized: the same model with other weights, where it is needed, too.
  /// - Throws: `InputError` about the model where memory does not suffice for one image.
  func fitting(
    _ setup: Explainer.Setup, _ weights: FilePath, randomized: RandomizedModels? = nil, in headroom: MemoryHeadroom
  ) throws(InputError) -> (WorkShare, ExplainingMemory) {
    try fitting([(setup, weights)], in: headroom) { randomized?.memory(beside: $0) ?? $0 }
  }

  /// The same with several models at once, and what all of them take.
  ///
  /// - Parameter whole: what is needed beside them, added to it.
  /// - Throws: `InputError` about the last model where memory does not suffice for one image.
  func fitting(
    _ models: [(setup: Explainer.Setup, weights: FilePath)], in headroom: MemoryHeadroom,
    whole: (ExplainingMemory) -> ExplainingMemory = { $0 }
  ) throws(InputError) -> (WorkShare, ExplainingMemory) {
    // Far from the limit nobody needs to know it exactly.
    var rough = ExplainingMemory()
    for (setup, _) in models { rough = rough + (try setup.mostMemory()) }
    rough = whole(rough)
    if headroom.has(need(rough) * 8) { return (self, rough) }
    var exact = ExplainingMemory()
    for (setup, _) in models { exact = exact + (try setup.memory()) }
    exact = whole(exact)
    if let share = fitting(exact, in: headroom) { return (share, exact) }
    if let (setup, weights) = models.last {
      do throws(InputError) { try headroom.expect(WorkShare(jobs: 1, threads: 1).need(exact), on: setup.model) } catch {
        throw error.about("\(weights)")
      }
    }
    return (self, exact)
  }
}

extension MemoryHeadroom {
  /// Refuses a model that cannot be used on this machine.
  func expect(_ need: MemoryNeed, on model: Model) throws(InputError) {
    let remedy: Message = model.input.isFixed ? "more memory" : "a smaller --input-shape, or more memory"
    try expect(need, "explaining an image with it takes", remedy: remedy)
  }
}
