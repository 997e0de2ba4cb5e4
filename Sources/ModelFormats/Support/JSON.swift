import FoundationEssentials

/// A value as one line of JSON with sorted keys, so that equal values are equal bytes.
///
/// - Parameter isSnakeCase: whether `outputShape` is written as `output_shape`.
package func encodedJSON(_ value: some Encodable, isSnakeCase: Bool = false) throws(InputError) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if isSnakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
  do {
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  } catch {
    throw InputError("", "cannot be written as JSON: \(error)")
  }
}
