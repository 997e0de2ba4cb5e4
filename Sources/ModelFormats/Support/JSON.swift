import FoundationEssentials

/// A value as one line of JSON with sorted keys.
package func encodedJSON(_ value: some Encodable) throws(InputError) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  } catch {
    throw InputError("", "cannot be written as JSON: \(error)")
  }
}
