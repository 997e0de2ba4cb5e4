import ModelFormats

extension Remarks {
  /// JSON as timm (`pretrained_cfg`) and Hugging Face's transformers (`preprocessor_config`) have it in files of these names, under a key of
  /// that name (<https://huggingface.co/docs/transformers/main_classes/image_processor>, <https://huggingface.co/docs/timm>).
  static func configuration(_ entries: [String: PlainValue]) throws(InputError) -> Said? {
    for key in ["pretrained_cfg", "preprocessor_config"] {
      guard let value = entries.literal(key) else { continue }
      guard let fields = value.table else { throw wrong(key, "dictionary") }
      let preprocessing = try key == "pretrained_cfg" ? timm(fields) : transformers(fields, family: nil)
      return Said(preprocessing: preprocessing, source: "the file's \(key)")
    }
    return nil
  }

  /// The same in files beside the weights. What transformers reads comes first.
  static func configuration(_ files: ModelConfiguration) throws(InputError) -> Said? {
    if let fields = files.processor {
      let preprocessing = try transformers(fields, family: files.family)
      return Said(preprocessing: preprocessing, source: "the settings of \(ModelConfiguration.processorName)")
    }
    return try files.timm.map { (fields) throws(InputError) in
      Said(preprocessing: try timm(fields), source: "the settings of \(ModelConfiguration.modelName)")
    }
  }

  /// The names in files beside the weights; nil where there are none, or only those that transformers gives to classes without a name.
  ///
  /// - Throws: `InputError` without a subject for what is no list of names.
  static func labels(_ files: ModelConfiguration) throws(InputError) -> [String]? {
    if let value = files.model["id2label"] {
      let found = try checked(names(value), "id2label")
      return found.indices.allSatisfy { found[$0] == "LABEL_\($0)" } ? nil : found
    }
    // `labels` is what earlier versions of timm call them.
    let keys = ["label_names", "labels"]
    for table in [files.model, files.timm ?? [:]] {
      guard let key = keys.first(where: { table[$0] != nil }), let value = table[key] else { continue }
      let found = try checked(names(value), key)
      // Names may be of a catalogue, as n01440764, with descriptions for people.
      guard let words = table["label_descriptions"]?.table else { return found }
      let described = found.map { words[$0]?.text ?? $0 }
      return try checked(described, "label_descriptions")
    }
    return nil
  }
}
