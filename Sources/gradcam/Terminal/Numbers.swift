import Glibc

/// Milliseconds on a clock that only runs forwards.
func millisecondsNow() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

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
