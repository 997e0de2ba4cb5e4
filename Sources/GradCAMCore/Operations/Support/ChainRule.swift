/// A gradient behind one factor of the chain rule: their product, where a 0 of either stops the other, be it infinite or no number.
///
/// A square root's slope at 0 is infinite. What goes back through it into a sum of squares that are all 0, and has slopes of 0 each, is
/// 0: PyTorch has it so for its own `std` and `norm`, which exporters take apart. A limit would say so, too: √Σx² grows like |x|.
@inline(__always)
func through(_ slope: Float, _ gradient: Float) -> Float { slope == 0 || gradient == 0 ? 0 : gradient * slope }
