// The tables: a row a method and layer, a column a metric.

const rowName = (row) => `${row.method}\u0000${row.layer}`;

/** The rows of one group as `{method, layer, isBaseline, cells: metric → figures}`, in the order of the run. */
function tableRows(group) {
  const rows = new Map();
  for (const figures of page.table.rows) {
    if (figures.group !== group) continue;
    const name = rowName(figures);
    if (!rows.has(name)) {
      const isBaseline = page.table.baselines.includes(figures.method);
      rows.set(name, { method: figures.method, layer: figures.layer, isBaseline, cells: new Map() });
    }
    rows.get(name).cells.set(figures.metric, figures);
  }
  return [...rows.values()];
}

const fixed = (value) => value.toFixed(3).replace(/^-(0\.0+)$/, "$1");

/** `±0.023`: half of the interval's width; nothing where there is none. */
const halfText = (low, high) => (low === null || high === null ? "" : `±${fixed((high - low) / 2)}`);

/** What a cell shows: of the means, or of the differences from the first row. */
function figuresOf(cell, view) {
  return view === "values"
    ? { mean: cell.mean, low: cell.low, high: cell.high }
    : { mean: cell.difference, low: cell.difference_low, high: cell.difference_high };
}

/** The least and the greatest that a column has to show; differences are seen around 0. */
function extent(rows, metric, view) {
  const found = view === "values" ? [] : [0];
  for (const row of rows) {
    const cell = row.cells.get(metric);
    if (!cell) continue;
    const { mean, low, high } = figuresOf(cell, view);
    found.push(...[mean, low, high].filter((value) => value !== null));
  }
  return found.length === 0 ? [0, 1] : [Math.min(...found), Math.max(...found)];
}

/** The interval as a bar and the mean as a tick, between the column's extremes. */
function intervalBar({ mean, low, high }, [least, most]) {
  const place = (value) => 1 + 98 * (most > least ? (value - least) / (most - least) : 0.5);
  const track = make("span", { className: "track", "aria-hidden": "true" });
  if (low !== null && high !== null) {
    const bar = make("span", { className: "interval" });
    bar.style.left = `${place(low)}%`;
    bar.style.width = `${Math.max(place(high) - place(low), 1)}%`;
    track.append(bar);
  }
  const tick = make("span", { className: "tick" });
  tick.style.left = `${place(mean)}%`;
  track.append(tick);
  return track;
}

const isBetterHigh = (metric) => metric.better === "higher";

/** How a difference is told from 0 by its interval: `better`, `worse` or nothing. */
function side({ low, high }, metric) {
  if (low === null || high === null || (low <= 0 && high >= 0)) return "";
  return (low > 0) === isBetterHigh(metric) ? "better" : "worse";
}

function figureCell(row, metric, view, column) {
  const cell = row.cells.get(metric.name);
  const figures = cell ? figuresOf(cell, view) : null;
  if (!figures || figures.mean === null) return make("td", { className: "none" }, "–");
  const classes = [];
  const words = [`${plural(cell.images, "image")}`];
  if (cell.undefined > 0) words.push(`not defined for ${grouped(cell.undefined)}`);
  if (figures.low !== null) words.push(`95 % from ${figures.low} to ${figures.high}`);
  let mark = "";
  if (view === "values" && cell.passes === false) {
    classes.push("unbeaten");
    mark = "!";
    words.push("fails this sanity check");
  } else if (view === "values" && cell.beats_baselines === false) {
    classes.push("unbeaten");
    mark = "*";
    words.push(`not better than each of ${page.table.baselines.join(", ")}`);
  }
  if (view === "values" && column.best === row) classes.push("best");
  if (view === "differences") classes.push(side(figures, metric));
  const sign = view === "differences" && figures.mean >= 0.0005 ? "+" : "";
  return make("td", { className: classes.join(" ").trim(), title: `${metric.name} ${figures.mean}; ${words.join("; ")}` },
    make("span", { className: "mean" }, sign + fixed(figures.mean), mark ? make("span", { className: "star" }, mark) : null), " ",
    make("span", { className: "half" }, halfText(figures.low, figures.high)),
    intervalBar(figures, column.extent));
}

/** The contender whose mean is the best, where there are several. */
function bestRow(rows, metric) {
  const known = rows.filter((row) => !row.isBaseline && (row.cells.get(metric.name)?.mean ?? null) !== null);
  if (known.length < 2) return null;
  const better = (left, right) => (isBetterHigh(metric) ? left > right : left < right);
  return known.reduce((best, row) => (better(row.cells.get(metric.name).mean, best.cells.get(metric.name).mean) ? row : best));
}

/** A table that sorts itself by the heads of its columns; `view` is `values` or `differences`. */
class Leaderboard {
  constructor(group) {
    this.rows = tableRows(group);
    this.view = "values";
    this.metrics = page.table.metrics.filter((metric) => this.rows.some((row) => row.cells.has(metric.name)));
    this.sort = { metric: null, isReversed: false };
    this.root = make("div", { className: "scroller", tabIndex: 0, role: "region", "aria-label": "Table" });
    this.show();
  }

  show(view = this.view) {
    this.view = view;
    const columns = new Map(this.metrics.map((metric) => [metric.name,
      { extent: extent(this.rows, metric.name, view), best: bestRow(this.rows, metric) }]));
    const heads = this.metrics.map((metric) => this.head(metric));
    const body = this.sorted().map((row) => make("tr", { className: row.isBaseline ? "baseline" : "" },
      make("th", { scope: "row", title: `${row.method} at ${row.layer}` }, make("span", { className: "method" }, row.method),
        make("span", { className: "layer" }, row.isBaseline ? "baseline" : row.layer)),
      ...this.metrics.map((metric) => figureCell(row, metric, view, columns.get(metric.name)))));
    this.root.replaceChildren(make("table", { className: "board" },
      make("thead", {}, make("tr", {}, this.head(null), ...heads)), make("tbody", {}, ...body)));
  }

  head(metric) {
    const isSorted = (this.sort.metric?.name ?? null) === (metric?.name ?? null);
    const button = make("button", { type: "button", title: metric ? `Sort by ${metric.name}` : "The order of the run" },
      metric ? `${metric.name} ${isBetterHigh(metric) ? "↑" : "↓"}` : "method and layer",
      isSorted && metric ? make("span", { className: "order", "aria-hidden": "true" }, this.sort.isReversed ? "▴" : "▾") : null);
    button.addEventListener("click", () => {
      this.sort = { metric, isReversed: isSorted && metric !== null && !this.sort.isReversed };
      this.show();
      this.root.querySelectorAll("thead button")[metric ? this.metrics.indexOf(metric) + 1 : 0].focus();
    });
    const order = !isSorted || !metric ? undefined : isBetterHigh(metric) !== this.sort.isReversed ? "descending" : "ascending";
    return make("th", { scope: "col", "aria-sort": order }, button);
  }

  /** The best first; rows without a figure are last either way. */
  sorted() {
    const { metric, isReversed } = this.sort;
    if (!metric) return this.rows;
    const value = (row) => { const cell = row.cells.get(metric.name); return cell ? figuresOf(cell, this.view).mean : null; };
    const factor = isBetterHigh(metric) === isReversed ? 1 : -1;
    return [...this.rows].sort((left, right) => {
      const [a, b] = [value(left), value(right)];
      if (a === null || b === null) return (a === null) - (b === null);
      return factor * (a - b);
    });
  }
}
