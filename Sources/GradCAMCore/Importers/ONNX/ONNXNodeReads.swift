/// What a converter has asked of its node: attributes by name, operands by position.
///
/// Whatever is left would be passed over in silence, and the network be another than the file says.
final class ONNXNodeReads {
  var attributes: Set<String> = []
  var operands: Set<Int> = []
}
