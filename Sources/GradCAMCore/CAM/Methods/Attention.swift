public import ModelFormats

/// What the class token attends to in the last attention: the mean of the heads' softmaxes. It knows no class.
///
/// As shown by Caron et al., "Emerging Properties in Self-Supervised Vision Transformers", 2021 (arXiv 2104.14294), who show heads by
/// themselves, too. Where several tokens are read, as by the two heads of a distilled DeiT or without a class token, it is
/// their mean; of an attention that pools, its own shares. Where a class token is read and patches beside it, it is the class token's.
public struct Attention: CAMMethod {
  public let name = "attention"
  public let paper = "Caron et al. 2021, arXiv 2104.14294"
  public let needs: MethodNeeds = .attention
  public let appliesReLU = false

  public init() {}

  public func check(_ site: MethodSite) throws(InputError) {
    let attentions = try site.attentions(for: self)
    guard let last = attentions.sites.last, last.grid == nil else { return }
    throw InputError(
      .method,
      "attention shows the last attention over the whole picture, and \(site.path(last)) sees a part at a time",
      remedy: "gradcam")
  }

  public func explain(_ evidence: Evidence) throws -> Finding {
    let probe = evidence.attentionProbe
    let (attentions, shares) = (probe.attentions, try probe.shares(probe.last))
    guard let grid = attentions.sites[probe.last].grid else { preconditionFailure("an attention that was not checked") }
    var row = [Double](repeating: 0, count: shares.keys)
    for reader in attentions.readers {
      for (key, share) in shares.mean(ofQuery: reader).enumerated() { row[key] += share }
    }
    return Finding(grid.map(row.map { $0 / Double(attentions.readers.count) }))
  }
}
