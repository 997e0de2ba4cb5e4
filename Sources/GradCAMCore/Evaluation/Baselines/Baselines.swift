/// The maps that a method has to beat: none of them has seen the model.
public enum Baselines {
  /// All of them, in the order that tables list them.
  public static let all: [any CAMMethod] = [UniformMap(), RandomMap(), CentreMap(), EdgeMap()]
}
