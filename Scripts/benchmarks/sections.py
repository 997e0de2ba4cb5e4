"""What is measured: each section fills its part of the results, in rounds that give every contender a turn."""

import json
import statistics
import sys
import time

from contenders import EXPLAIN, FORWARD, HERE, GradCAM, Peer, outcome, whole_process
from shared.running import Failure

PAUSE = 0.25  # Seconds between turns: engines' threads go on spinning for a while.


class Case:
    """One model: gradcam's forms of it and the peers' processes."""

    def __init__(self, run, model):
        self.run, self.model = run, model
        self.results = run.results["models"].setdefault(model, {})
        self.image = run.folder / "images" / "000.jpg"

    def tools(self):
        """gradcam on each kind of file it takes: the converted one counts, the ONNX is for comparison."""
        found = {}
        for name, file in (("gradcam", "bin"), ("gradcam (onnx)", "onnx")):
            path = self.run.folder / "models" / f"{self.model}.{file}"
            if path.exists():
                found[name] = GradCAM(self.run.tool, path, self.image, self.run.preprocess(self.model))
        return found

    def peers(self, names, threads):
        """The processes of those that start; failures become lines of the table."""
        found = {}
        for name in names:
            try:
                found[name] = self.start(name, threads)
            except Failure as failure:
                self.fail(name, failure)
        return found

    def start(self, name, threads):
        self.run.check(self.model, name)
        peer = Peer(self.run.environment, name, self.run.folder / "models", self.model, threads)
        if peer.difference is not None and not peer.difference < 1e-3:
            self.results.setdefault("wrong", {})[name] = peer.difference
        return peer

    def fail(self, name, failure):
        self.results.setdefault("failures", {})[name] = str(failure)
        print(f"  {name}: {failure}", file=sys.stderr)


def rounds(case, turns):
    """Gives each of `turns` (name to a function) a turn a round. Those that fail are left out from then on.

    Returns a list of answers by name."""
    answers = {name: [] for name in turns}
    for index in range(case.run.rounds):
        case.run.watch.look()
        for name, turn in list(turns.items()):
            try:
                answers[name].append(turn())
            except Failure as failure:
                case.fail(name, failure)
                del turns[name]
            time.sleep(PAUSE)
        print(f"  round {index + 1} of {case.run.rounds}", file=sys.stderr)
    return {name: found for name, found in answers.items() if found}


def warm(case):
    """One image in a warm process: milliseconds."""
    run = case.run
    tools = case.tools()
    peers = case.peers([name for name in FORWARD + EXPLAIN if name in run.peers], run.threads)
    turns = {name: lambda tool=tool: tool.bench(run.runs, run.threads) for name, tool in tools.items()}
    for name, peer in peers.items():
        def turn(peer=peer):
            peer.ask("runs 2")
            return peer.ask(f"runs {run.runs}")["times"]

        turns[name] = turn
    try:
        answers = rounds(case, turns)
    finally:
        for peer in peers.values():
            peer.close()
    figures = case.results["warm"] = {}
    for name, found in answers.items():
        if name in tools:
            for kind in ("explain", "forward"):
                medians = [answer[f"{kind}_ms"]["median"] for answer in found]
                least = min(answer[f"{kind}_ms"]["minimum"] for answer in found)
                figures[f"{name} {kind}"] = {"median": statistics.median(medians), "minimum": least, "rounds": medians}
        else:
            medians = [statistics.median(times) for times in found]
            figures[name] = {
                "median": statistics.median(medians), "minimum": min(map(min, found)), "rounds": medians}


def throughput(case):
    """Images a second at each way of using the cores, and the best of them."""
    run = case.run
    ways = {f"1 process × {run.threads} threads": (1, run.threads)}
    if run.threads > 1:
        ways[f"{run.threads} processes × 1 thread"] = (run.threads, 1)
    tools = {name: tool for name, tool in case.tools().items() if name == "gradcam"}
    turns, started = {}, []
    try:
        for way, (jobs, threads) in ways.items():
            for name, tool in tools.items():
                turns[name, way] = lambda tool=tool, jobs=jobs, threads=threads: tool_rate(run, tool, jobs, threads)
            for name in [name for name in FORWARD if name in run.peers]:
                try:
                    group = []
                    started.append(group)
                    for _ in range(jobs):
                        group.append(case.start(name, threads))
                except Failure as failure:
                    case.fail(name, failure)
                    continue
                turns[name, way] = lambda group=group: peer_rate(run, group)
        answers = rounds(case, turns)
    finally:
        for peer in [peer for group in started for peer in group]:
            peer.close()
    figures = case.results["throughput"] = {}
    for (name, way), rates in answers.items():
        median = statistics.median(rates)
        figure = figures.setdefault(name, {"best": 0, "ways": {}})
        figure["ways"][way] = {"median": median, "rounds": rates}
        if median > figure["best"]:
            figure.update(best=median, way=way)
    folder(case)


def tool_rate(run, tool, jobs, threads):
    """Explanations a second, over about as long as the peers get."""
    trial = tool.bench(2, threads, jobs)
    runs = max(2, int(run.seconds * trial["images_per_second"] / jobs))
    return tool.bench(runs, threads, jobs)["images_per_second"]


def peer_rate(run, group):
    for peer in group:
        peer.ask("runs 1")
    for peer in group:
        peer.tell(f"seconds {run.seconds}")
    return sum(answer["count"] / answer["seconds"] for answer in [peer.answer() for peer in group])


def folder(case):
    """The tool over the folder of JPEGs as its users run it, decoding and encoding included."""
    run = case.run
    command = explain_command(case, run.folder / "images", "--output-dir", run.folder / "overlays")
    try:
        times = [whole_process(command)[0] for _ in range(min(run.rounds, 3))]
    except Failure as failure:
        return case.fail("gradcam, folder", failure)
    count = len(list((run.folder / "images").glob("*.jpg")))
    case.results["throughput"]["gradcam, whole folder"] = {
        "best": count * 1000 / statistics.median(times), "ways": {}, "way": f"{count} JPEGs, decoding and encoding too"}


def explain_command(case, source, *more):
    options = case.run.preprocess(case.model)
    weights = next(iter(case.tools().values())).weights if case.tools() else case.run.folder / f"{case.model}.bin"
    return [case.run.tool, "explain", source, "--weights", weights, *more, "--quiet",
            *(["--preprocess", options] if options else [])]


def cold(case):
    """Whole processes from start to overlay: milliseconds, the processor's, and the most memory."""
    run = case.run
    overlay = run.folder / "overlays" / "cold.png"
    commands = {"gradcam": explain_command(case, case.image, "--output", overlay)}
    if case.model == "xray" and "pytorch" in run.peers:
        weights = run.folder / "models" / "xray.pth"
        commands["the article's script"] = [
            run.environment.python, HERE / "article.py", weights, case.image, run.folder / "overlays" / "article.png"]
    turns = {name: lambda command=command: whole_process(command) for name, command in commands.items()}
    for turn in list(turns.values()):  # Files come into the page cache, and modules are compiled.
        try:
            turn()
        except Failure:
            pass  # It fails again in its first round, where it is reported.
    answers = rounds(case, turns)
    case.results["cold"] = {
        name: {"median": statistics.median(elapsed for elapsed, _, _ in found), "minimum": min(found)[0],
               "rounds": [elapsed for elapsed, _, _ in found], "peak_mb": statistics.median(peak for _, peak, _ in found),
               "cpu_ms": statistics.median(used for _, _, used in found)}
        for name, found in answers.items()}


def memory(case):
    """The most memory that processes hold that explain or classify one image; decoding is part of gradcam's."""
    run, figures = case.run, case.results.setdefault("memory", {})
    overlay = run.folder / "overlays" / "memory.png"
    try:
        figures["gradcam explain"] = whole_process(explain_command(case, case.image, "--output", overlay))[1]
    except Failure as failure:
        case.fail("gradcam explain", failure)
    for name, tool in case.tools().items():
        try:
            figures[f"{name}, bench"] = tool.bench(3, run.threads)["peak_rss_mb"]
        except Failure as failure:
            case.fail(name, failure)
    for name in [name for name in FORWARD + EXPLAIN if name in run.peers]:
        peers = case.peers([name], run.threads)
        for peer in peers.values():
            try:
                peer.ask("runs 3")
                figures[name] = peer.ask("peak")["peak"]
            except Failure as failure:
                case.fail(name, failure)
            finally:
                peer.close()


def limits(case):
    """What the model asks for, and what the machine was seen to do: products of matrices and reads of memory.

    Direct sums are counted. Winograd's convolutions take fewer products, so that a pass can be shorter than its bound.
    """
    run = case.run
    for tool in list(case.tools().values())[:1]:
        card = json.loads(outcome([run.tool, "inspect", tool.weights, "--json", "--quiet"]))
        speed = json.loads(outcome([run.environment.python, HERE / "bounds.py", run.threads]))
        case.results["limits"] = {
            "multiply_adds": card["multiply_adds"], "bytes": 4 * card["parameters"], **speed}


def layers(case):
    """Each convolution by the algorithm that computes it."""
    run = case.run
    if "--layers" not in outcome([run.tool, "help", "bench"]):
        case.results["layers"] = "this gradcam bench has no --layers"
        return
    for tool in list(case.tools().values())[:1]:
        try:
            answer = tool.bench(run.runs, run.threads, 1, "--layers")
            case.results["layers"] = answer if isinstance(answer, list) else answer.get("layers", [])
        except Failure as failure:
            case.fail("layers", failure)


SECTIONS = {"warm": warm, "throughput": throughput, "cold": cold, "memory": memory, "limits": limits, "layers": layers}
