import GradCAMCore
import ModelFormats

extension WorkShare {
  /// As many jobs and threads as memory suffices for with a model, and what explaining with it takes.
  ///
  /// - Throws: `InputError` about the model where memory does not suffice for one image.
  func fitting(_ setup: Explainer.Setup, _ weights: FilePath) throws(InputError) -> (WorkShare, ExplainingMemory) {
    let headroom = MemoryHeadroom.now()
    // Far from the limit nobody needs to know it exactly.
    let rough = try setup.mostMemory()
    if headroom.has(need(rough) * 8) { return (self, rough) }
    let exact = try setup.memory()
    if let share = fitting(exact, in: headroom) { return (share, exact) }
    throw headroom.refusal(of: exact.all, setup.model).about("\(weights)")
  }
}

extension MemoryHeadroom {
  /// Why a model cannot be used on this machine.
  func refusal(of need: MemoryNeed, _ model: Model) -> InputError {
    let remedy: Message = model.input.isFixed ? "more memory" : "a smaller --input-shape, or more memory"
    let (wanted, left) = (MemoryNeed.text(need.filled), MemoryNeed.text(bytes))
    return InputError(
      "", "explaining an image with it takes \(wanted) of memory, and \(left) can be had", remedy: remedy)
  }
}
