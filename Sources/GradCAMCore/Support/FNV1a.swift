/// The hash FNV-1a (Fowler, Noll and Vo): the same in every run and on every machine, unlike `Hasher`. Names of files are made of it.
package enum FNV1a {
  /// Of bytes, to 32 bits.
  package static func hash32(_ bytes: [UInt8]) -> UInt32 {
    bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }

  /// Of bytes, to 64 bits.
  package static func hash64(_ bytes: [UInt8]) -> UInt64 { hash64(units: bytes) }

  /// Of whole numbers in the place of bytes.
  static func hash64(units: some Sequence<some UnsignedInteger>) -> UInt64 {
    units.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  }
}
