/// eˣ in plain arithmetic without branches, which the compiler turns into vector code, where the C library's takes one number at
/// a time. To 2e-7 of the value; infinite from 88.4 on, 1e-38 below −87.3, and NaN of NaN.
enum Exponential {
  @inline(__always)
  static func value(_ x: Float) -> Float {
    let held = x > 89 ? 89 : (x < -87.3 ? -87.3 : x)
    // x = n·ln 2 + rest. Adding 1.5·2²³ rounds to a whole number, which then stands in the lowest bits.
    let rounder: Float = 12_582_912
    let shifted = held * 1.442_695 + rounder
    let n = shifted - rounder
    // ln 2 in two parts: the first has few enough digits that its product with n is exact.
    let rest = (held - n * 0.693_359_4) + n * 0.000_212_194_44
    // Taylor's series, |rest| being 0.35 at most.
    var sum: Float = rest / 5040 + 1 / 720
    sum = sum * rest + 1 / 120
    sum = sum * rest + 1 / 24
    sum = sum * rest + 1 / 6
    sum = sum * rest + 0.5
    sum = (sum * rest + 1) * rest + 1
    let power = (shifted.bitPattern &- rounder.bitPattern &+ 127) << 23
    return sum * Float(bitPattern: power)
  }
}
