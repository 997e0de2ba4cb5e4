// The table of true and predicted classes; by class where an image may have several. A model has a table of its own: two of them
// together would have an accuracy that neither has.

/** Up to that many classes the table has a row and a column each. */
const mostSquare = 12;
/** As many rows a longer table shows. */
const mostRows = 40;

const isOnly = (set, name) => set.size === 1 && set.has(name);

class Confusion {
  /** `choose` gets a function that sets filters, after all others but the model's are taken off. */
  constructor(items, choose) {
    this.choose = choose;
    this.root = element("confusion");
    this.root.hidden = !hasTruth();
    if (this.root.hidden) return;
    this.groups = byModel(oneEach(items));
    // On a phone it would push the cards off the window.
    this.root.open = innerWidth > 860;
  }

  /** Brings the table to a state: its model's images, and the cell that is chosen. Of several models and none chosen, a line each. */
  show(state) {
    if (this.root.hidden) return;
    const model = this.groups.size === 1 ? this.groups.keys().next().value : state.model;
    const items = this.groups.get(model) ?? [];
    if (this.shown !== items) {
      this.shown = items;
      this.cells = [];
      const isOne = items.length > 0;
      element("confusion-summary").textContent = isOne ? this.summary(items) : this.groups.size === 0 ? "" : `${plural(this.groups.size, "model")}, each by itself`;
      element("confusion-body").replaceChildren(...(!isOne ? this.lines() : isOneClassEach(items) ? this.byPair(items, model) : this.byClass(items, model)));
    }
    for (const { button, isChosen } of this.cells) button.setAttribute("aria-pressed", String(isChosen(state)));
  }

  summary(items) {
    const counts = tally([items], (item) => item.outcome);
    const [right, wrong] = [counts.get("right") ?? 0, counts.get("wrong") ?? 0];
    const share = right + wrong === 0 ? "" : ` (${percentText(right / (right + wrong))})`;
    const rest = [["open", "open"], ["none", "without prediction"]].map(([name, words]) => (counts.get(name) ? `, ${grouped(counts.get(name))} ${words}` : ""));
    return `${grouped(right)} of ${grouped(right + wrong)} right${share}${rest.join("")}`;
  }

  /** A line a model, whose name shows its table. */
  lines() {
    const groups = [...this.groups];
    const name = (model, items) => {
      if (model === null) return "no model named";
      const button = make("button", { type: "button", className: "link", title: model }, modelText(items.find((item) => item.model === model)));
      button.addEventListener("click", () => this.choose((state) => { state.model = model; }));
      return button;
    };
    return [this.hint("A model's name shows its table."), this.well(make("table", { className: "confusion models" },
      make("tbody", {}, ...groups.slice(0, mostRows).map(([model, items]) => make("tr", {},
        make("th", { scope: "row" }, name(model, items)), make("td", {}, this.summary(items))))))), this.more(groups.length - mostRows, "model")];
  }

  /** A number that shows its images. */
  cell(count, about, isChosen, edit, kind = "") {
    if (count === 0) return make("td", { className: "figure none" }, "0");
    const button = make("button", { type: "button", className: `cell ${kind}`, "aria-label": `${about}: ${grouped(count)}` }, grouped(count));
    button.addEventListener("click", () => {
      this.choose(isChosen(state) ? () => {} : edit);
    });
    this.cells.push({ button, isChosen });
    return make("td", { className: "figure" }, button);
  }

  pairCell(count, truth, predicted, largest) {
    // Of an image of none of the classes the model is not right by saying nothing.
    const isRight = truth === predicted && predicted !== "";
    const cell = this.cell(count, `truth ${truth || "none"}, predicted ${predicted || "none"}`,
      (state) => isOnly(state.truths, truth) && isOnly(state.classes, predicted),
      (state) => { state.truths = new Set([truth]); state.classes = new Set([predicted]); }, isRight ? "right" : "wrong");
    cell.firstChild.style?.setProperty("--share", `${Math.round((100 * count) / largest)}%`);
    return cell;
  }

  /** True by predicted classes; of many classes the pairs that are confused most. */
  byPair(items, model) {
    const table = confusion(items);
    const truths = [...table.keys()].sort(collator.compare);
    const predicted = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))];
    const names = [...new Set([...truths, ...predicted])].filter((name) => name !== "").sort(collator.compare);
    if (names.length > mostSquare) return this.pairs(table);
    const answers = names.filter((name) => hasClass(model, name));
    const columns = predicted.includes("") ? [...answers, ""] : answers;
    const rows = truths.includes("") ? [...truths.filter((name) => name !== ""), ""] : truths;
    const largest = Math.max(1, ...[...table.values()].flatMap((row) => [...row.values()]));
    const heading = (name, scope, other) => make("th", { scope, title: name || other }, make("span", {}, name || other));
    return [this.hint("Rows are true classes, columns what is predicted. A number shows its images."), this.well(make("table", { className: "confusion" },
      make("thead", {}, make("tr", {}, make("td", { className: "corner" }, "true ↓ predicted →"), ...columns.map((name) => heading(name, "col", "no prediction")))),
      make("tbody", {}, ...rows.map((truth) => make("tr", {}, heading(truth, "row", "none of them"),
        ...columns.map((name) => this.pairCell(table.get(truth).get(name) ?? 0, truth, name, largest)))))))];
  }

  pairs(table) {
    const all = [...table].flatMap(([truth, row]) => [...row].map(([predicted, count]) => ({ truth, predicted, count })))
      .filter(({ truth, predicted }) => truth !== predicted || predicted === "")
      .sort((a, b) => b.count - a.count || collator.compare(a.truth, b.truth) || collator.compare(a.predicted, b.predicted));
    if (all.length === 0) return [this.hint("No class is taken for another.")];
    const largest = all[0].count;
    return [this.hint("Classes that are taken for others, most often first. A number shows its images."), this.well(make("table", { className: "confusion long pairs" },
      make("thead", {}, make("tr", {}, ...["Truth", "Predicted", "Images"].map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...all.slice(0, mostRows).map(({ truth, predicted, count }) => make("tr", {},
        make("th", { scope: "row" }, truth || "none of them"), make("td", { className: "what" }, predicted || "no prediction"),
        this.pairCell(count, truth, predicted, largest)))))), this.more(all.length - mostRows, "pair")];
  }

  /** By class how many images stand on each side. */
  byClass(items, model) {
    const names = allClasses(items);
    const lacking = names.filter((name) => !hasClass(model, name));
    const counts = [...countSides(items, names.filter((name) => hasClass(model, name)))]
      .sort((a, b) => b[1].fp + b[1].fn - a[1].fp - a[1].fn || collator.compare(a[0], b[0]));
    const hasOpen = counts.some(([, count]) => count.open > 0);
    const hasNone = counts.some(([, count]) => count.none > 0);
    const columns = Object.keys(sides);
    const sideCell = (name, side, count) => this.cell(count, `${name}, ${sides[side]}`,
      (state) => state.about === name && state.side === side,
      (state) => { state.about = name; state.side = side; }, side.startsWith("t") ? "right" : "wrong");
    const noneCell = (name, count) => this.cell(count, `${name}, no prediction`,
      (state) => isOnly(state.truths, name) && isOnly(state.outcomes, "none"),
      (state) => { state.truths = new Set([name]); state.outcomes = new Set(["none"]); }, "wrong");
    const hint = `An image may have several classes, so each is counted by itself${items.some((item) => item.isMany) ? `, predicted from ${predictedFrom * 100} % on` : ""}; most errors first.${hasNone ? " No prediction: images of the class that no side counts." : ""}`;
    const left = lacking.length === 0 ? "" : this.hint(`Not counted, as the model is not known to have them: ${named(lacking)}.`);
    return [this.hint(hint), left, this.well(make("table", { className: "confusion long" },
      make("thead", {}, make("tr", {}, ...["Class", ...columns.map((side) => sides[side]), ...(hasNone ? ["no prediction"] : []), ...(hasOpen ? ["not recorded"] : [])]
        .map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...counts.slice(0, mostRows).map(([name, count]) => make("tr", {}, make("th", { scope: "row" }, name),
        ...columns.map((side) => sideCell(name, side, count[side])),
        hasNone ? noneCell(name, count.none) : null,
        hasOpen ? make("td", { className: "figure none" }, grouped(count.open)) : null))))), this.more(counts.length - mostRows, "class")];
  }

  hint(text) { return make("p", { className: "hint" }, text); }

  /** A wide table moves in its own place, by the keyboard too. */
  well(table) { return make("div", { className: "well", tabIndex: 0, role: "region", "aria-label": "Confusion table" }, table); }

  more(count, word) {
    return count > 0 ? this.hint(`and ${plural(count, word).replace("classs", "classes")} more; the filters have them all`) : "";
  }
}
