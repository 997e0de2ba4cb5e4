import ModelFormats

/// Bytes as a word that can be pasted into a shell: between quotation marks where a character means something there.
///
/// What would break a line or command a terminal is spelled in `$'…'`, which bash, zsh and ksh read.
func shellWord(_ bytes: [UInt8]) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+:,./-".utf8)
  if !bytes.isEmpty, bytes.allSatisfy(plain.contains) { return String(decoding: bytes, as: UTF8.self) }
  let text = String(decoding: bytes, as: UTF8.self)
  if printable(text) == text, Array(text.utf8) == bytes {
    return "'\(text.replacing("'", with: #"'\''"#))'"
  }
  let spelled = bytes.map { byte -> String in
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\\(Character(UnicodeScalar(byte)))"
    case 0x20..<0x7F: "\(Character(UnicodeScalar(byte)))"
    default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
  return "$'\(spelled.joined())'"
}

/// A path as an operand in a shell, where one that begins with a hyphen would be an option.
func shellWord(operand path: FilePath) -> String {
  shellWord((path.bytes.first == UInt8(ascii: "-") ? Array("./".utf8) : []) + path.bytes)
}
