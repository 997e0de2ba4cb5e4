/// A network that is usually trained on ImageNet: photographs of 224×224 pixels, a thousand classes.
protocol ImageNetClassifier: Architecture {
  /// One of `names`.
  var name: String { get }
  var channels: Int { get }
  var classes: Int { get }
}

extension ImageNetClassifier {
  static var keys: [String] { ["channels", "classes"] }
  var spec: ArchitectureSpec {
    ArchitectureSpec(name: name, arguments: ["channels": channels, "classes": classes])
  }
  var input: InputSize { InputSize(channels: channels, height: 224, width: 224, isFixed: false) }
  var preprocessing: String { channels == 3 ? "imagenet" : "unit,resize=256,crop=224" }
  var definesPreprocessing: Bool { false }
}
