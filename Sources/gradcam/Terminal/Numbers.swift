import Glibc

extension Int {
  /// `1,234,567`.
  var grouped: String {
    let digits = Array(String(magnitude).utf8)
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
      text.append(Character(UnicodeScalar(digit)))
    }
    return text
  }
}

extension Double {
  /// The number with `digits` digits after the point, rounded.
  func fixed(_ digits: Int) -> String {
    guard isFinite, magnitude < 1e15 else { return "\(self)" }
    let factor = pow(10, Double(digits))
    let scaled = Int((magnitude * factor).rounded())
    let (whole, part) = scaled.quotientAndRemainder(dividingBy: Int(factor))
    let sign = self < 0 && scaled != 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = String(part)
    return "\(sign)\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}

/// `97.3 %`, as the report's `percentText` has it: a hundred only for what is a hundred, so that "certain" is never a matter of rounding.
func percentText(_ share: Double) -> String {
  let tenths = share * 1000
  return "\((share < 1 && share > 0.9995 ? tenths.rounded(.down) / 10 : tenths / 10).fixed(1)) %"
}

extension Double {
  /// The number with at most `digits` digits after the point, rounded, without zeros at the end.
  func trimmed(_ digits: Int) -> String {
    let text = fixed(digits)
    guard text.contains(".") else { return text }
    let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(short.reversed())
  }
}

extension Double {
  /// The nearest number with so many digits that tell.
  func rounded(toDigits digits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    let factor = pow(10, Double(digits - 1) - log10(magnitude).rounded(.down))
    guard factor.isFinite, factor > 0 else { return self }
    let rounded = (self * factor).rounded() / factor
    return rounded.isFinite ? rounded : self
  }
}
