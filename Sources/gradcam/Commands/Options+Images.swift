import ModelFormats

/// What options mean together, for commands that work on images.
extension Options {
  /// The model of a command that works on images.
  ///
  /// - Throws: `InputError` where no image or model is named, or the images cannot be read as they are named.
  func modelAndImages(of command: Command) throws(InputError) -> FilePath {
    guard !operands.isEmpty || inputs.filesFrom != nil else {
      throw InputError("\(command.name)", "no image is named", remedy: "an image, a folder, - or --files-from FILE")
    }
    guard let weights else {
      throw InputError("--weights", "is required", remedy: "--weights FILE names the model")
    }
    try checkInputs()
    return weights
  }

  /// - Throws: `InputError` where images cannot be read as they are named.
  func checkInputs() throws(InputError) {
    guard operands.count(where: \.isDash) < 2 else {
      throw InputError("-", "is named twice, but standard input holds one image")
    }
    if inputs.filesFrom?.isDash == true, operands.contains(where: \.isDash) {
      throw InputError("-", "standard input cannot be an image and the list of --files-from", remedy: "one of the two")
    }
    if inputs.isNULSeparated, inputs.filesFrom == nil {
      throw InputError("--null", "says how a list is separated, but there is none", remedy: "--files-from FILE")
    }
  }

  /// Refuses records on standard output, where results go.
  func checkRecordsFile(remedy: Message) throws(InputError) {
    if records.file?.isDash == true { throw InputError("--records", "cannot be standard output", remedy: remedy) }
  }

  /// The flag that says how results are printed; nil for none.
  ///
  /// - Throws: `InputError` where there are two.
  func printingFlag() throws(InputError) -> String? {
    let formats = [(outputs.isJSON, "--json"), (outputs.isJSONLines, "--jsonl"), (outputs.isCSV, "--csv")]
    let typed = formats.filter(\.0).map(\.1)
    if typed.count > 1 {
      throw InputError("\(typed[0])", "cannot be given with \(typed[1])", remedy: "one of the two")
    }
    return typed.first
  }
}
