/// A layer of one image, and how its activations are seen as N C H W.
struct LayerSite {
  let path: String
  let view: GridView
  /// What left the layer, in its own order of axes: where special tokens are taken from.
  let own: Tensor

  /// What left the layer, or a gradient there, as N C H W.
  func turned(_ value: Tensor, _ context: ExecutionContext) -> Tensor { view.turned(value, threads: context.threads) }

  /// Other activations, N C H W, in the layer's own order, with its special tokens as they are.
  func turnedBack(_ maps: Tensor, _ context: ExecutionContext) -> Tensor {
    view.turnedBack(maps, over: own, threads: context.threads)
  }
}
