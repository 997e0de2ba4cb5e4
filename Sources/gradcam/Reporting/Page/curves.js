// The curves: a chart a metric and layer, a line a method, baselines behind them.

const chart = { width: 340, height: 230, left: 38, right: 10, top: 10, bottom: 30 };
/** More layers than this make no comparison that anybody can see. */
const mostCharts = 8;

function draw(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Round numbers from about the least to about the greatest. */
function ticks(least, most) {
  const rough = (most - least) / 4 || 0.25;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough);
  const found = [];
  for (let value = Math.floor(least / step) * step; value < most + step * 0.999; value += step) found.push(value);
  return found;
}

const tickText = (value) => String(Number(value.toFixed(6)));

class Curves {
  constructor(curves) {
    this.curves = curves;
    const baselines = page.table.baselines;
    this.methods = [...new Set(curves.map((curve) => curve.method))].filter((method) => !baselines.includes(method));
    this.baselines = baselines.filter((method) => curves.some((curve) => curve.method === method));
    this.kept = null;
  }

  /** A colour, then another dash, for every method. */
  look(method) {
    const place = this.methods.indexOf(method);
    if (place >= 0) return `line-${place % 8} dash-${Math.floor(place / 8) % 4}`;
    return `reference reference-${this.baselines.indexOf(method) % 4}`;
  }

  show() {
    const groups = page.table.metrics.map((metric) => this.metric(metric)).filter((group) => group !== null);
    element("charts").replaceChildren(...groups);
    // Bands over each other hide the lines: of more than two methods each has its own when it is singled out.
    element("charts").classList.toggle("many", this.methods.length > 2);
    element("legend").replaceChildren(...[...this.methods, ...this.baselines].map((method) => this.entry(method)));
  }

  entry(method) {
    const sample = draw("svg", { viewBox: "0 0 28 10", class: "sample", "aria-hidden": "true" },
      draw("line", { x1: 1, x2: 27, y1: 5, y2: 5, class: `curve ${this.look(method)}` }));
    const button = make("button", { type: "button", className: "entry", "aria-pressed": "false" }, sample, method);
    button.dataset.method = method;
    button.addEventListener("pointerenter", () => this.single(method));
    button.addEventListener("pointerleave", () => this.single(this.kept));
    button.addEventListener("click", () => {
      this.kept = this.kept === method ? null : method;
      for (const one of element("legend").children) one.setAttribute("aria-pressed", String(one.dataset.method === this.kept));
      this.single(this.kept);
    });
    return button;
  }

  /** Draws one method's lines alone in full; all of them for none. */
  single(method) {
    element("charts").classList.toggle("singling", method !== null);
    for (const line of element("charts").querySelectorAll(".of")) line.classList.toggle("single", line.dataset.method === method);
  }

  metric(metric) {
    const own = this.curves.filter((curve) => curve.metric === metric.name);
    if (own.length === 0) return null;
    const rivals = own.filter((curve) => page.table.baselines.includes(curve.method));
    const contenders = own.filter((curve) => !page.table.baselines.includes(curve.method));
    const layers = [...new Set(contenders.map((curve) => curve.layer))];
    const shown = layers.slice(0, mostCharts);
    const values = own.flatMap((curve) => [...curve.mean, ...curve.low, ...curve.high]).filter((value) => value !== null);
    const marks = ticks(Math.min(...values), Math.max(...values));
    const charts = (shown.length > 0 ? shown : [null]).map((layer) =>
      this.chart(metric, layer, [...rivals, ...contenders.filter((curve) => curve.layer === layer)], marks));
    const more = layers.length - shown.length;
    return make("div", { className: "metric" },
      make("h3", {}, `${metric.name} ${isBetterHigh(metric) ? "↑" : "↓"}`),
      make("div", { className: "charts" }, ...charts),
      more > 0 ? make("p", { className: "hint" }, `${plural(more, "more layer")} in the table`) : null);
  }

  chart(metric, layer, curves, marks) {
    const { width, height, left, right, top, bottom } = chart;
    const [least, most] = [marks[0], marks[marks.length - 1]];
    const x = (share) => left + share * (width - left - right);
    const y = (value) => top + (most - value) / (most - least) * (height - top - bottom);
    const name = `${metric.name}${layer === null ? "" : ` at ${layer}`}`;
    const drawn = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
    for (const mark of marks) {
      drawn.append(draw("line", { x1: left, x2: width - right, y1: y(mark), y2: y(mark), class: "grid-line" }),
        draw("text", { x: left - 5, y: y(mark) + 3.5, class: "tick-text end" }, tickText(mark)));
    }
    for (const share of [0, 0.5, 1]) {
      drawn.append(draw("text", { x: x(share), y: height - 14, class: `tick-text ${share === 0 ? "" : share === 1 ? "end" : "middle"}` }, `${share * 100} %`));
    }
    drawn.append(draw("text", { x: x(0.5), y: height - 2, class: "tick-text middle" }, "of the pixels"));
    for (const curve of curves) drawn.append(this.line(curve, x, y));
    return make("figure", { className: "chart" }, make("figcaption", {}, layer ?? "baselines"), drawn);
  }

  line(curve, x, y) {
    const points = (values) => curve.shares.map((share, index) => [share, values[index]]).filter(([, value]) => value !== null)
      .map(([share, value]) => `${x(share).toFixed(1)},${y(value).toFixed(1)}`);
    const made = draw("g", { class: `of ${this.look(curve.method)}` });
    made.dataset.method = curve.method;
    const band = [...points(curve.high), ...points(curve.low).reverse()];
    if (band.length > 3) made.append(draw("polygon", { points: band.join(" "), class: "band" }));
    const title = `${curve.method}: ${plural(curve.images, "image")}, from ${fixed(curve.mean[0])} to ${fixed(curve.mean[curve.mean.length - 1])}`;
    made.append(draw("polyline", { points: points(curve.mean).join(" "), class: `curve ${this.look(curve.method)}` }), draw("title", {}, title));
    return made;
  }
}
