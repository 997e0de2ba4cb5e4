/// y = scale·max(x, 0)² + bias, MetaFormer's activation (Yu et al. 2022, "MetaFormer Baselines for Vision"); with 1 and 0 the squared ReLU.
struct StarReLU: VectorActivation {
  let kind = "StarReLU"
  var scale: Float = 1
  var bias: Float = 0

  var activation: Activation { .starReLU(scale: scale, bias: bias) }

  func value(_ x: Float) -> Float {
    let positive = x < 0 ? 0 : x
    return positive * positive * scale + bias
  }

  func slope(_ x: Float) -> Float { x <= 0 ? 0 : 2 * scale * x }
}
