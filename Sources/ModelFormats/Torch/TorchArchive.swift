/// A checkpoint as `torch.save` writes it since PyTorch 1.6: a zip archive of one folder with a pickle (`data.pkl`), the
/// storages (`data/0`, `data/1`, …) and a few small files; see `torch/serialization.py`.
enum TorchArchive {
  static func read(_ archive: ZipArchive) throws(InputError) -> TorchContents {
    let folder = try folder(of: archive)
    // TorchScript compresses its code, which is not read.
    try archive.expectStored { !$0.hasPrefix("\(folder)/code/") }
    if let order = archive["\(folder)/byteorder"], !order.bytes.elementsEqual("little".utf8) {
      throw TorchContents.foreignByteOrder
    }
    guard let data = archive["\(folder)/data.pkl"] else { throw InputError("", "has no data.pkl") }
    var reader = ByteReader(data)
    let pickle = try Pickle(&reader)
    let prefix = "\(folder)/data/"
    var storages: [String: ByteRegion] = [:]
    for entry in archive.entries where entry.name.hasPrefix(prefix) {
      storages[String(entry.name.dropFirst(prefix.count))] = entry.data
    }
    return TorchContents(pickle: pickle, storages: storages)
  }

  /// The folder that everything is in; PyTorch calls it `archive` or like the file.
  private static func folder(of archive: ZipArchive) throws(InputError) -> String {
    let folders = archive.entries.compactMap { entry -> String? in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.count == 2 && parts[1] == "data.pkl" ? String(parts[0]) : nil
    }
    guard let folder = folders.first, folders.count == 1 else {
      let names = archive.entries.prefix(5).map { $0.name.printable }.joined(separator: ", ")
      throw InputError(
        "", "is a zip archive of \(names.isEmpty ? "nothing" : names), not a PyTorch checkpoint",
        remedy: "a checkpoint has one folder with a data.pkl")
    }
    return folder
  }
}
