/// The sizes of a tensor by logical axis, slowest first.
///
/// One vocabulary of letters runs through the sources:
///
/// - `N` images in a batch, `C` channels, `H` rows, `W` columns of a feature map (N C H W, as PyTorch has them);
/// - `K` output channels, `R` rows and `S` columns of a convolution's kernel (its weights are K C/groups R S);
/// - `OH`, `OW` rows and columns of an output, `P` positions (H·W, of all images where tiles run over a batch).
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// One a logical axis.
  public var dimensions: [Int]

  /// A shape of these sizes.
  public init(_ dimensions: [Int]) { self.dimensions = dimensions }
  /// A shape of these sizes.
  public init(_ dimensions: Int...) { self.dimensions = dimensions }

  /// The number of axes.
  public var rank: Int { dimensions.count }
  /// The number of elements.
  public var count: Int { dimensions.reduce(1, *) }
  /// The size along an axis.
  public subscript(axis: Int) -> Int {
    get { dimensions[axis] }
    set { dimensions[axis] = newValue }
  }

  /// `[1, 128, 8, 8]`
  /// As Python lists its sizes; of absurdly many, the first ones.
  public var description: String {
    dimensions.count <= 8 ? "\(dimensions)" : "\(dimensions.prefix(6))".dropLast() + ", …]"
  }

  /// Whether this is a batch of feature maps, N C H W.
  var isFeatureMap: Bool { rank == 4 }

  /// Whether this is a batch of feature maps that tell positions apart: of more than one.
  var hasPositions: Bool { isFeatureMap && h * w > 1 }

  // The axes of a feature map by name.
  var n: Int { dimensions[0] }
  var c: Int { dimensions[1] }
  var h: Int { dimensions[2] }
  var w: Int { dimensions[3] }

  /// Whether all elements, and more than one, lie along `axis`.
  func isLane(_ axis: Int) -> Bool { dimensions.indices.contains(axis) && self[axis] == count && count > 1 }

  /// Where an axis of N H W C stands in N C H W; counted from the end where it is negative.
  func turnedAxis(_ axis: Int) -> Int { [0, 2, 3, 1][self.axis(axis)] }

  /// How many rows, the last axis, there are where they are worth an order of their own of what they are multiplied by; else nil. Images
  /// have rows enough or not, however many there are in a batch.
  var manyRows: Int? {
    guard rank == 3 || rank > 4, let width = dimensions.last, width > 0, self[0] > 0 else { return nil }
    let rows = count / width
    return rows / self[0] >= 16 ? rows : nil
  }

  /// The axis that `axis` names, counted from the end where it is negative, as in Python.
  func axis(_ axis: Int) -> Int { axis < 0 ? axis + rank : axis }
}
