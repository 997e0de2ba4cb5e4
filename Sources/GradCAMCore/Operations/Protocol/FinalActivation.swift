/// What a network's last operation makes of its logits.
public enum FinalActivation: Sendable, Hashable {
  case none
  case sigmoid
  case softmax
}
