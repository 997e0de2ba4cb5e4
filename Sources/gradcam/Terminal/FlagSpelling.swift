import ModelFormats

extension Message {
  /// The text for somebody at the command line, who knows parameters by their flags.
  var withFlags: String { spelled { "--\($0)" } }
}

extension InputError {
  /// The error's line for the same reader.
  var withFlags: String { message.withFlags }
}
