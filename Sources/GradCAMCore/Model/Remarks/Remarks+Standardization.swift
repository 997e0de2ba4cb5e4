import ModelFormats

extension Remarks {
  /// Means and deviations of samples from 0 to 1: `standardization_mean` and `standardization_std`
  /// (<https://qgis-plugin-deepness.readthedocs.io>), or `mean` and `std`.
  static func standardization(_ entries: [String: PlainValue]) throws(InputError) -> Said? {
    for (means, deviations) in [("standardization_mean", "standardization_std"), ("mean", "std")] {
      guard let mean = try entries.numbers(means), let std = try entries.numbers(deviations) else { continue }
      // Samples from 0 to 1 have no other mean; of 0…255 the file would mean something else.
      guard mean.allSatisfy({ (-1...1).contains($0) }), std.allSatisfy({ $0 > 0 && $0 <= 1 }) else {
        throw wrong(means, "mean of samples from 0 to 1")
      }
      return Said(preprocessing: Preprocessing(mean: mean, std: std), source: "the file's \(means) and \(deviations)")
    }
    return nil
  }
}
