/// A place where a pass keeps a tensor.
typealias Slot = Int

/// A pass through a graph, planned for one input shape and one set of hooks.
struct Program {
  /// One step of a pass, from some slots to others.
  struct Step {
    enum Work {
      /// Runs the graph's node of that index, which finds memory of its own.
      case node(Int)
      /// Runs another operation than the node's, which finds memory of its own.
      case operation(any Operation)
      /// Runs an operation, or several in one, that writes where it is told.
      case write(any Writer)
      /// Hands a call's inputs over to what runs inside, and fires its full backward hooks on the way back.
      case enter(call: Int)
      /// Takes a call's output (the first input; the others are the call's own inputs, where forward hooks want
      /// them), and fires its forward hooks, on the way back its backward pre-hooks.
      case leave(call: Int, firesForwardHooks: Bool)
    }

    var work: Work
    var inputs: [Slot]
    var outputs: [Slot]
    /// Slots that nobody needs after this step.
    var frees: [Slot] = []
    /// The graph's node that the step began as; nil where hooks fire.
    var node: Int?

    /// What computes the step into memory that it is given; nil where it finds its own.
    var writer: (any Writer)? {
      if case .write(let writer) = work { writer } else { nil }
    }

    init(work: Work, inputs: [Slot], outputs: [Slot]) {
      (self.work, self.inputs, self.outputs) = (work, inputs, outputs)
      if case .node(let index) = work { node = index }
    }
  }

  var source: Slot
  /// What is fed in beside the source, where connections pass by the call that the pass begins behind.
  var beside: [Value: Slot] = [:]
  /// Where values lie that somebody asked for.
  var wanted: [Slot] = []
  var output: Slot
  /// nil where the pass begins behind the logits.
  var logits: Slot?
  var shapes: [Shape]
  /// By slot, whether a hook waits for a gradient there or upstream.
  var wantsGradient: [Bool]
  var forward: [Step]
  /// The steps of the backward pass, in forward order; unfused.
  var backward: [Step]
  /// By call, whether its full backward hooks fire when it is entered, with gradients of its inputs.
  var firesOnEnter: Set<Int>
  /// Where the forward pass keeps what nobody else sees.
  var memory = MemoryPlan()

  /// By slot, whether a backward pass to the outputs of these calls alone comes through it.
  func wantedGradients(reaching calls: Set<Int>) -> [Bool] {
    var wants = [Bool](repeating: false, count: shapes.count)
    for step in backward {
      var isWanted = step.inputs.contains { wants[$0] }
      if case .leave(let call, _) = step.work { isWanted = wants[step.inputs[0]] || calls.contains(call) }
      for output in step.outputs { wants[output] = isWanted }
    }
    return wants
  }
}
