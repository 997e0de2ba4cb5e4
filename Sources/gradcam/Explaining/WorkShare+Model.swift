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
    func whole(_ memory: ExplainingMemory) -> ExplainingMemory { randomized?.memory(beside: memory) ?? memory }
    // Far from the limit nobody needs to know it exactly.
    let rough = whole(try setup.mostMemory())
    if headroom.has(need(rough) * 8) { return (self, rough) }
    let exact = whole(try setup.memory())
    if let share = fitting(exact, in: headroom) { return (share, exact) }
    do { try headroom.expect(WorkShare(jobs: 1, threads: 1).need(exact), on: setup.model) } catch {
      throw error.about("\(weights)")
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
