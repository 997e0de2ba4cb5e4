// The table of true and predicted classes; by class where an image may have several.

/** Up to that many classes the table has a row and a column each. */
const mostSquare = 12;
/** As many rows a longer table shows. */
const mostRows = 40;

class Confusion {
  /** `choose` gets a function that sets filters, after all others are taken off. */
  constructor(items, choose) {
    this.choose = choose;
    this.root = element("confusion");
    this.root.hidden = !hasTruth();
    if (this.root.hidden) return;
    this.items = oneEach(items);
    this.isOneEach = isOneClassEach(this.items);
    // On a phone it would push the cards off the window.
    this.root.open = innerWidth > 860;
  }

  /** Brings the table to a state: its model's images, and the cell that is chosen. */
  show(state) {
    if (this.root.hidden) return;
    if (this.model !== state.model) {
      this.model = state.model;
      const items = this.items.filter((item) => state.model === "" || item.model === state.model);
      element("confusion-summary").textContent = this.summary(items);
      this.cells = [];
      element("confusion-body").replaceChildren(...(this.isOneEach ? this.byPair(items) : this.byClass(items)));
    }
    for (const { button, isChosen } of this.cells) button.setAttribute("aria-pressed", String(isChosen(state)));
  }

  summary(items) {
    const counts = tally([items], (item) => item.outcome);
    const [right, wrong] = [counts.get("right") ?? 0, counts.get("wrong") ?? 0];
    const share = right + wrong === 0 ? "" : ` (${percentText(right / (right + wrong))})`;
    const open = counts.get("open") ?? 0;
    return `${grouped(right)} of ${grouped(right + wrong)} right${share}${open ? `, ${grouped(open)} open` : ""}`;
  }

  /** A number that shows its images. */
  cell(count, about, isChosen, edit, kind = "") {
    if (count === 0) return make("td", { className: "figure none" }, "0");
    const button = make("button", { type: "button", className: `cell ${kind}`, "aria-label": `${about}: ${grouped(count)}` }, grouped(count));
    button.addEventListener("click", () => {
      if (isChosen(state)) clear();
      else this.choose(edit);
    });
    this.cells.push({ button, isChosen });
    return make("td", { className: "figure" }, button);
  }

  pairCell(count, truth, predicted, largest) {
    const is = (set, name) => set.size === 1 && set.has(name);
    const cell = this.cell(count, `truth ${truth || "none"}, predicted ${predicted || "none"}`,
      (state) => is(state.truths, truth) && is(state.classes, predicted),
      (state) => { state.truths = new Set([truth]); state.classes = new Set([predicted]); }, truth === predicted ? "right" : "wrong");
    cell.firstChild.style?.setProperty("--share", `${Math.round((100 * count) / largest)}%`);
    return cell;
  }

  /** True by predicted classes; of many classes the pairs that are confused most. */
  byPair(items) {
    const table = confusion(items);
    const truths = [...table.keys()].sort(collator.compare);
    const predicted = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))];
    const names = [...new Set([...truths, ...predicted])].filter((name) => name !== "").sort(collator.compare);
    if (names.length > mostSquare) return this.pairs(table);
    const columns = predicted.includes("") ? [...names, ""] : names;
    const rows = truths.includes("") ? [...truths.filter((name) => name !== ""), ""] : truths;
    const largest = Math.max(1, ...[...table.values()].flatMap((row) => [...row.values()]));
    const heading = (name, scope, other) => make("th", { scope, title: name || other }, make("span", {}, name || other));
    return [this.hint("Rows are true classes, columns what is predicted. A number shows its images."), this.scroller(make("table", { className: "confusion" },
      make("thead", {}, make("tr", {}, make("td", { className: "corner" }, "true ↓ predicted →"), ...columns.map((name) => heading(name, "col", "no prediction")))),
      make("tbody", {}, ...rows.map((truth) => make("tr", {}, heading(truth, "row", "none of them"),
        ...columns.map((name) => this.pairCell(table.get(truth).get(name) ?? 0, truth, name, largest)))))))];
  }

  pairs(table) {
    const all = [...table].flatMap(([truth, row]) => [...row].map(([predicted, count]) => ({ truth, predicted, count })))
      .filter(({ truth, predicted }) => truth !== predicted)
      .sort((a, b) => b.count - a.count || collator.compare(a.truth, b.truth) || collator.compare(a.predicted, b.predicted));
    if (all.length === 0) return [this.hint("No class is taken for another.")];
    const largest = all[0].count;
    return [this.hint("Classes that are taken for others, most often first. A number shows its images."), this.scroller(make("table", { className: "confusion long pairs" },
      make("thead", {}, make("tr", {}, ...["Truth", "Predicted", "Images"].map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...all.slice(0, mostRows).map(({ truth, predicted, count }) => make("tr", {},
        make("th", { scope: "row" }, truth || "none of them"), make("td", { className: "what" }, predicted || "no prediction"),
        this.pairCell(count, truth, predicted, largest)))))), this.more(all.length - mostRows, "pair")];
  }

  /** By class how many images stand on each side. */
  byClass(items) {
    const counts = [...countSides(items, allClasses(items))]
      .sort((a, b) => b[1].fp + b[1].fn - a[1].fp - a[1].fn || collator.compare(a[0], b[0]));
    const hasOpen = counts.some(([, count]) => count.open > 0);
    const columns = Object.keys(sides);
    const sideCell = (name, side, count) => this.cell(count, `${name}, ${sides[side]}`,
      (state) => state.about === name && state.side === side,
      (state) => { state.about = name; state.side = side; }, side.startsWith("t") ? "right" : "wrong");
    const hint = `An image may have several classes, so each is counted by itself${items.some((item) => item.isMany) ? `, predicted from ${predictedFrom * 100} % on` : ""}; most errors first.`;
    return [this.hint(hint), this.scroller(make("table", { className: "confusion long" },
      make("thead", {}, make("tr", {}, ...["Class", ...columns.map((side) => sides[side]), ...(hasOpen ? ["not recorded"] : [])]
        .map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...counts.slice(0, mostRows).map(([name, count]) => make("tr", {}, make("th", { scope: "row" }, name),
        ...columns.map((side) => sideCell(name, side, count[side])),
        hasOpen ? make("td", { className: "figure none" }, grouped(count.open)) : null))))), this.more(counts.length - mostRows, "class")];
  }

  hint(text) { return make("p", { className: "hint" }, text); }

  /** A wide table moves in its own place, by the keyboard too. */
  scroller(table) { return make("div", { className: "scroller", tabIndex: 0, role: "region", "aria-label": "Confusion table" }, table); }

  more(count, word) {
    return count > 0 ? this.hint(`and ${plural(count, word).replace("classs", "classes")} more; the filters have them all`) : "";
  }
}
