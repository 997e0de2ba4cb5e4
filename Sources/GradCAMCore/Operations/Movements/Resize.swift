import ModelFormats

/// ONNX's Resize (and Upsample) of feature maps: rows and columns interpolated at other places.
struct Resize: Operation {
  /// How large the output is.
  enum Size: Sendable {
    /// ⌊size · scale⌋; places are computed with the scale as given.
    case scales(h: Float, w: Float)
    case sizes(h: Int, w: Int)
    /// Sizes that were rounded from one scale for both; places are computed with that scale.
    case kept(h: Int, w: Int, scale: Float)
  }

  /// What an output is made of.
  enum Mode: Sendable, Hashable {
    case nearest(NearestRounding)
    /// The two neighbours along each axis.
    case linear
    /// Four neighbours, by Keys' kernel with the coefficient `a`; with `excludesOutside` none of them lies beyond the border.
    case cubic(a: Float = -0.75, excludesOutside: Bool = false)
  }

  let kind = "Upsample"
  var isAffine: Bool { true }
  /// The most rows or columns that an output may have; places are listed for each of them.
  private static let largestSide = 1 << 20
  /// The most elements that the widened kernels of an axis see in all.
  private static let mostTaps: Float = 0x1p24
  let size: Size
  let mode: Mode
  let coordinates: ResizeCoordinates
  /// Whether kernels are widened as far as the output is smaller.
  var antialiases = false
  /// Whether widened kernels end at the border, beyond which they see what it holds otherwise.
  var endsAtBorder = false
  /// The part that is resized, where places are those of a crop: from 0 to 1, and beyond.
  var crop = (rows: Part(), columns: Part())
  /// What an output is whose place in a crop lies outside.
  var extrapolation: Float = 0

  /// A part of an axis, from 0 to 1 where it is all of it.
  struct Part: Sendable, Hashable {
    var start: Float = 0
    var end: Float = 1
  }

  init(_ size: Size, mode: Mode = .nearest(.roundPreferFloor), coordinates: ResizeCoordinates = .halfPixel) {
    (self.size, self.mode, self.coordinates) = (size, mode, coordinates)
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    guard x.h >= 1, x.w >= 1 else { throw InputError("", "has nothing to resize in \(x)") }
    if case .scales(let h, let w) = size {
      let (height, width) = (share(crop.rows) * Float(x.h) * h, share(crop.columns) * Float(x.w) * w)
      guard height >= 1, width >= 1, height < 0x1p30, width < 0x1p30 else {
        throw InputError("", "scales \(x) by \(h) and \(w)")
      }
    }
    let axes = axes(x)
    let sizes = [axes.rows.output, axes.columns.output]
    guard sizes.allSatisfy({ (1...Self.largestSide).contains($0) }) else {
      throw InputError("", "resizes \(x) to \(sizes[0])×\(sizes[1])")
    }
    // Only a crop beyond the border can make kernels wider than the input.
    guard !antialiases || [axes.rows, axes.columns].allSatisfy({ Float($0.output) / $0.scale <= Self.mostTaps }) else {
      throw InputError("", "widens its kernels far beyond \(x)")
    }
    return try Shape(x.n, x.c, axes.rows.output, axes.columns.output).expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: [false, false], mixesChannels: false, output)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let axes = axes(inputs[0].shape)
    let (rows, columns) = (taps(axes.rows), taps(axes.columns))
    let resized = SeparableResampling.apply(inputs[0], rows: rows, columns: columns, threads: context.threads)
    guard coordinates == .cropAndResize, extrapolation != 0 else { return resized }
    return Tensor(resized.shape) { target in
      let shape = resized.shape
      for position in 0..<shape.n * shape.h * shape.w {
        let isOutside = rows[position / shape.w % shape.h].isEmpty || columns[position % shape.w].isEmpty
        for i in position * shape.c..<(position + 1) * shape.c {
          target[i] = isOutside ? extrapolation : resized.elements[i]
        }
      }
    }
  }

  /// How much of an axis is resized.
  private func share(_ part: Part) -> Float { coordinates == .cropAndResize ? part.end - part.start : 1 }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let axes = axes(input)
    let gradient = SeparableResampling.apply(
      dy, rows: taps(axes.rows).turned(count: input.h), columns: taps(axes.columns).turned(count: input.w),
      threads: context.threads)
    return [gradient]
  }

  private func axes(_ x: Shape) -> (rows: ResizeCoordinates.Axis, columns: ResizeCoordinates.Axis) {
    func scaled(_ input: Int, _ scale: Float, _ part: Part) -> ResizeCoordinates.Axis {
      let output = Int(share(part) * Float(input) * scale)
      return ResizeCoordinates.Axis(input: input, output: output, scale: scale, part: part)
    }
    func sized(_ input: Int, _ output: Int, _ part: Part) -> ResizeCoordinates.Axis {
      ResizeCoordinates.Axis(input: input, output: output, scale: Float(output) / Float(input), part: part)
    }
    switch size {
    case .scales(let h, let w): return (scaled(x.h, h, crop.rows), scaled(x.w, w, crop.columns))
    case .sizes(let h, let w): return (sized(x.h, h, crop.rows), sized(x.w, w, crop.columns))
    case .kept(let h, let w, let scale):
      return (
        ResizeCoordinates.Axis(input: x.h, output: h, scale: scale, part: crop.rows),
        ResizeCoordinates.Axis(input: x.w, output: w, scale: scale, part: crop.columns)
      )
    }
  }

  /// What each output index along an axis is made of.
  private func taps(_ axis: ResizeCoordinates.Axis) -> AxisTaps<Float> {
    let last = axis.input - 1
    return AxisTaps(count: axis.output) { index in
      // Where nothing changes, nothing is rounded.
      let isWhole = coordinates != .cropAndResize || axis.part == Part()
      if axis.input == axis.output && axis.scale == 1 && isWhole { return [AxisTaps.Tap(place: index, weight: 1)] }
      let place = coordinates.place(index, axis)
      if coordinates == .cropAndResize, !(place >= 0 && place <= Float(last)) { return [] }
      if antialiases, axis.scale < 1, let taps = widened(place, axis) { return taps }
      let weighted: [(place: Int, weight: Float)]
      switch mode {
      case .nearest(let rounding): weighted = [(rounding.place(place), 1)]
      case .linear:
        let held = min(max(place, 0), Float(last))
        let share = held - held.rounded(.down)
        weighted = [(Int(held), 1 - share), (Int(held) + 1, share)]
      case .cubic(let a, let excludesOutside): weighted = cubic(place, a, excludesOutside, last)
      }
      return weighted.filter { $0.weight != 0 }.map {
        AxisTaps.Tap(place: min(max($0.place, 0), last), weight: $0.weight)
      }
    }
  }

  /// Keys' kernel around a place.
  private func cubic(_ place: Float, _ a: Float, _ excludesOutside: Bool, _ last: Int) -> [(place: Int, weight: Float)]
  {
    let floor = place.rounded(.down)
    let share = place - floor
    let weights = [share + 1, share, 1 - share, 2 - share].map { Self.keys($0, a) }
    let all = weights.enumerated().map { (place: Int(floor) - 1 + $0, weight: $1) }
    guard excludesOutside else { return all }
    let inside = all.filter { $0.place >= 0 && $0.place <= last }
    let sum = inside.reduce(0) { $0 + $1.weight }
    return inside.map { ($0.place, $0.weight / sum) }
  }

  /// Keys' kernel: a polynomial for neighbours nearer than one, another for those nearer than two.
  private static func keys(_ t: Float, _ a: Float) -> Float {
    if t < 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
    return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
  }

  /// The kernel made as wide as an output is, as onnxruntime has it; nil for the nearest element.
  private func widened(_ place: Float, _ axis: ResizeCoordinates.Axis) -> [AxisTaps<Float>.Tap]? {
    let (reach, kernel): (Float, (Float) -> Float)
    switch mode {
    case .nearest: return nil
    case .linear: (reach, kernel) = (1, { max(1 - $0, 0) })
    case .cubic(let a, _): (reach, kernel) = (2, { Self.keys($0, a) })
    }
    let (centre, width, last) = (place + 0.5, 1 / axis.scale, axis.input - 1)
    let first = Int((centre - reach * width + 0.5).rounded(.down))
    let end = Int((centre + reach * width + 0.5).rounded(.down))
    let taps = (first..<max(end, first)).compactMap { index -> AxisTaps<Float>.Tap? in
      if endsAtBorder, index < 0 || index > last { return nil }
      let weight = kernel(abs((Float(index) + 0.5 - centre) / width))
      return AxisTaps.Tap(place: min(max(index, 0), last), weight: weight)
    }
    let sum = taps.reduce(0) { $0 + $1.weight }
    return taps.map { AxisTaps.Tap(place: $0.place, weight: $0.weight / sum) }
  }
}

/// Where an output index lies in the input: ONNX's `coordinate_transformation_mode`.
enum ResizeCoordinates: String, Sendable, CaseIterable {
  case halfPixel = "half_pixel"
  case halfPixelSymmetric = "half_pixel_symmetric"
  case pytorchHalfPixel = "pytorch_half_pixel"
  case alignCorners = "align_corners"
  case asymmetric
  case cropAndResize = "tf_crop_and_resize"

  /// One axis of a resizing.
  struct Axis {
    var input: Int
    var output: Int
    var scale: Float
    /// What of the input is resized, where places are those of a crop.
    var part = Resize.Part()
  }

  /// The place in the input, in float32 like ONNX's runtimes: rounding to the nearest element depends on it.
  func place(_ index: Int, _ axis: Axis) -> Float {
    let x = Float(index)
    switch self {
    case .halfPixel: return (x + 0.5) / axis.scale - 0.5
    case .halfPixelSymmetric:
      // The exact size may be a fraction; what was cut off is shared by both sides.
      let adjustment = Float(axis.output) / (axis.scale * Float(axis.input))
      return Float(axis.input) / 2 * (1 - adjustment) + (x + 0.5) / axis.scale - 0.5
    case .pytorchHalfPixel: return axis.output > 1 ? (x + 0.5) / axis.scale - 0.5 : 0
    case .alignCorners: return axis.output > 1 ? x * Float(axis.input - 1) / Float(axis.output - 1) : 0
    case .asymmetric: return x / axis.scale
    case .cropAndResize:
      let (part, last) = (axis.part, Float(axis.input - 1))
      guard axis.output > 1 else { return 0.5 * (part.start + part.end) * last }
      return part.start * last + x * (part.end - part.start) * last / Float(axis.output - 1)
    }
  }
}

/// Which element is nearest to a place between two: ONNX's `nearest_mode`.
enum NearestRounding: String, Sendable, CaseIterable {
  case roundPreferFloor = "round_prefer_floor"
  case roundPreferCeil = "round_prefer_ceil"
  case floor
  case ceil

  func place(_ x: Float) -> Int {
    switch self {
    case .roundPreferFloor: Int((x - 0.5).rounded(.up))
    case .roundPreferCeil: Int((x + 0.5).rounded(.down))
    case .floor: Int(x.rounded(.down))
    case .ceil: Int(x.rounded(.up))
    }
  }
}
