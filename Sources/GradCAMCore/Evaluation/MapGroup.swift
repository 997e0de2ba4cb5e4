/// Maps that are compared among themselves: those of one class, or of findings of one size.
public enum MapGroup: Sendable, Hashable {
  /// By what maps are grouped.
  public enum Kind: String, Sendable, CaseIterable {
    case `class`
    case size
  }

  /// How much of the network's input a finding covers.
  public enum Size: String, Sendable, CaseIterable, Comparable {
    /// Below 1 %.
    case small
    /// Below 5 %.
    case medium
    case large

    /// - Parameter share: of the input's cells, above 0.
    public init(share: Double) { self = share < 0.01 ? .small : share < 0.05 ? .medium : .large }

    public static func < (left: Size, right: Size) -> Bool {
      (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
  }

  /// By index among the model's classes.
  case ofClass(Int, label: String)
  case ofSize(Size)

  /// What scripts know it by: `class:opacity`, `size:small`.
  public var tag: String {
    switch self {
    case .ofClass(_, let label): "\(Kind.class.rawValue):\(label)"
    case .ofSize(let size): "\(Kind.size.rawValue):\(size.rawValue)"
    }
  }

  /// What tables call it.
  public var name: String {
    switch self {
    case .ofClass(_, let label): "class \(label)"
    case .ofSize(let size): "\(size.rawValue) findings"
    }
  }
}

extension MapGroup: Comparable {
  /// Classes by index before sizes from small to large.
  public static func < (left: MapGroup, right: MapGroup) -> Bool {
    switch (left, right) {
    case (.ofClass(let left, _), .ofClass(let right, _)): left < right
    case (.ofSize(let left), .ofSize(let right)): left < right
    case (.ofClass, .ofSize): true
    case (.ofSize, .ofClass): false
    }
  }
}
