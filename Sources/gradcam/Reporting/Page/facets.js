// The filters' controls, with what each choice would bring.

/** How many classes are listed at once. */
const mostClasses = 100;
const binCount = 20;

class Facets {
  /** `change` gets a function that changes the state, and shows the result. */
  constructor(items, change) {
    this.change = change;
    this.classSearch = "";
    this.isKnown = { classes: new Set(items.map((item) => item.label ?? "")).size };
    for (const id of ["outcomes", "truths", "sides"]) element(id).hidden = !hasTruth();
    if (hasTruth()) this.makeAbout(items);
    this.choices = choiceKeys.filter((key) => new Set(items.map((item) => item[key]).filter((value) => value !== null)).size > 1);
    this.bins = this.makeBins();
    this.selects = this.choices.map((key) => this.makeSelect(items, key));
    this.listen();
  }

  listen() {
    const { change } = this;
    element("search").addEventListener("input", (event) => change((state) => { state.search = event.target.value; }));
    element("unsure").addEventListener("change", (event) => change((state) => { state.unsure = event.target.checked; }));
    for (const key of ["least", "most"]) {
      element(key).addEventListener("change", (event) => change((state) => {
        state[key] = percent(event.target.value, key === "least" ? 0 : 100);
        if (state.least > state.most) [state.least, state.most] = [state.most, state.least];
      }));
    }
    element("class-search").hidden = this.isKnown.classes <= 12;
    element("class-search").addEventListener("input", (event) => {
      this.classSearch = event.target.value.trim().toLowerCase();
      change(() => {});
    });
  }

  /** The choice of the class whose false positives and others are found. */
  makeAbout(items) {
    element("about-class").append(make("option", { value: "" }, "choose a class"), ...allClasses(items).map((value) => make("option", { value }, value)));
    element("about-class").addEventListener("change", (event) => this.change((state) => {
      state.about = event.target.value;
      state.side = state.about === "" ? "" : state.side || "fp";
    }));
  }

  makeBins() {
    const width = 100 / binCount;
    const bins = Array.from({ length: binCount }, (_, index) => {
      const bar = make("button", { type: "button", className: "bin" }, make("span", { className: "bar" }));
      bar.addEventListener("click", (event) => this.change((state) => {
        const [least, most] = [index * width, (index + 1) * width];
        if (event.shiftKey) {
          const isWhole = state.least === 0 && state.most === 100;
          [state.least, state.most] = isWhole ? [least, most] : [Math.min(state.least, least), Math.max(state.most, most)];
        } else if (state.least === least && state.most === most) {
          [state.least, state.most] = [0, 100];
        } else {
          [state.least, state.most] = [least, most];
        }
      }));
      return bar;
    });
    document.querySelector("#confidence .histogram").replaceChildren(...bins);
    return bins;
  }

  makeSelect(items, key) {
    const values = [...new Set(items.map((item) => item[key]).filter((value) => value !== null))].sort(collator.compare);
    const chooser = make("select", { id: `choose-${key}` }, make("option", { value: "" }, "all"),
      ...values.map((value) => make("option", { value }, value)));
    chooser.addEventListener("change", () => this.change((state) => { state[key] = chooser.value; }));
    const title = `${key[0].toUpperCase()}${key.slice(1)}`;
    element("choices").append(make("label", { className: "choice" }, make("span", {}, title), chooser));
    return chooser;
  }

  /** Brings the controls to a state and its counts. */
  show(state, passing) {
    this.setValue("search", state.search);
    this.setValue("least", String(state.least));
    this.setValue("most", String(state.most));
    element("unsure").checked = state.unsure;
    element("unsure-count").textContent = grouped(tally(passing("unsure"), (item) => item.isUnsure).get(true) ?? 0);
    this.selects.forEach((chooser, index) => { chooser.value = state[this.choices[index]]; });
    this.showVerdicts(state, tally(passing("verdict"), (item) => item.verdict));
    this.showClasses(state, tally(passing("class"), (item) => item.label ?? ""));
    this.showBins(state, passing("confidence"));
    this.showReviews(state, tally(passing("review"), (item) => markOf(state, item)));
    if (hasTruth()) this.showTruth(state, passing);
    const count = filterCount(state);
    element("filter-count").textContent = count ? String(count) : "";
    element("clear").hidden = count === 0;
  }

  /** A field that is being typed into is left alone. */
  setValue(id, value) {
    if (document.activeElement !== element(id) || value === "") element(id).value = value;
  }

  showVerdicts(state, counts) {
    const known = ["failed", ...Object.keys(page.verdicts), "ok"];
    const place = (verdict) => (known.includes(verdict) ? known.indexOf(verdict) : known.length);
    const verdicts = [...new Set([...counts.keys(), ...state.verdicts])].sort((a, b) => place(a) - place(b));
    const most = Math.max(1, ...counts.values());
    this.replaceOptions("#verdicts .options", verdicts.map((verdict) =>
      this.option("verdicts", verdict, counts.get(verdict) ?? 0, most, state, { title: meaningOf(verdict) })));
  }

  showReviews(state, counts) {
    const most = Math.max(1, ...counts.values());
    this.replaceOptions("#reviews .options", [...markNames, "none"].map((name) =>
      this.option("reviews", name, counts.get(name) ?? 0, most, state, { shown: name === "none" ? "not marked" : name })));
  }

  showTruth(state, passing) {
    const outcomeCounts = tally(passing("outcome"), (item) => item.outcome);
    this.replaceOptions("#outcomes .options", Object.keys(outcomes).filter((name) => outcomeCounts.has(name) || state.outcomes.has(name))
      .map((name) => this.option("outcomes", name, outcomeCounts.get(name) ?? 0, Math.max(1, ...outcomeCounts.values()), state,
        { shown: outcomes[name].title, title: outcomes[name].hint })));
    const counts = tally(passing("truth"), truthNames);
    const names = [...new Set([...state.truths, ...counts.keys()])]
      .sort((a, b) => state.truths.has(b) - state.truths.has(a) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || collator.compare(a, b));
    this.replaceOptions("#truths .options", names.slice(0, mostClasses).map((name) =>
      this.option("truths", name, counts.get(name) ?? 0, Math.max(1, ...counts.values()), state, { shown: name || "none of them" })));
    element("about-class").value = state.about;
    const bySide = state.about === "" ? new Map() : tally(passing("side"), (item) => sideOf(item, state.about));
    this.replaceOptions("#sides .options", state.about === "" ? [] : Object.keys(sides).map((side) =>
      this.option("side", side, bySide.get(side) ?? 0, Math.max(1, ...bySide.values()), state, { shown: sides[side] })));
  }

  showClasses(state, counts) {
    const most = Math.max(1, ...counts.values());
    const labels = [...new Set([...state.classes, ...counts.keys()])]
      .filter((label) => state.classes.has(label) || label.toLowerCase().includes(this.classSearch))
      .sort((a, b) => state.classes.has(b) - state.classes.has(a) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || collator.compare(a, b));
    this.replaceOptions("#classes .options", labels.slice(0, mostClasses).map((label) =>
      this.option("classes", label, counts.get(label) ?? 0, most, state, { shown: label === "" ? "none (failed)" : label })));
    element("classes-more").hidden = labels.length <= mostClasses;
    element("classes-more").textContent = `and ${plural(labels.length - mostClasses, "class").replace("classs", "classes")} more`;
  }

  /** Replaces the buttons, and gives back the focus where one of them had it. */
  replaceOptions(selector, options) {
    const holder = document.querySelector(selector);
    const focused = holder.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    holder.replaceChildren(...options);
    if (focused !== null) options.find((option) => option.dataset.value === focused)?.focus({ preventScroll: true });
  }

  /** A choice among the names that `state[key]` is a set of, or of the one name that it is. */
  option(key, value, count, most, state, { shown = value, title } = {}) {
    const chosen = state[key] instanceof Set ? state[key] : new Set([state[key]]);
    const button = make("button", { type: "button", className: "option", title: title ?? shown, "aria-pressed": String(chosen.has(value)) },
      make("span", { className: "fill" }), make("span", { className: "what" }, shown), make("span", { className: "many" }, grouped(count)));
    button.dataset.value = value;
    button.firstChild.style.width = `${(100 * count) / most}%`;
    button.addEventListener("click", () => this.change((state) => {
      if (!(state[key] instanceof Set)) state[key] = state[key] === value ? "" : value;
      else if (!state[key].delete(value)) state[key].add(value);
    }));
    return button;
  }

  showBins(state, lists) {
    const counts = tally(lists, (item) => (item.confidence === null ? -1 : Math.min(binCount - 1, Math.floor(item.confidence * binCount))));
    const most = Math.max(1, ...this.bins.map((_, index) => counts.get(index) ?? 0));
    const width = 100 / binCount;
    this.bins.forEach((bin, index) => {
      const count = counts.get(index) ?? 0;
      const [least, top] = [index * width, (index + 1) * width];
      bin.firstChild.style.height = count === 0 ? "0" : `${Math.max(3, (100 * count) / most)}%`;
      bin.title = `${least} to ${top} %: ${grouped(count)}`;
      bin.setAttribute("aria-label", bin.title);
      bin.setAttribute("aria-pressed", String((state.least > 0 || state.most < 100) && least >= state.least && top <= state.most));
      bin.classList.toggle("outside", top <= state.least || least >= state.most);
    });
  }
}

/** What a verdict means of a map in a mode, in a sentence. */
function meaningOf(verdict, mode = "for") {
  if (verdict === "ok") return "nothing is wrong with the map's numbers";
  if (verdict === "failed") return "the image could not be explained";
  if (verdict === "no verdict") return "the record does not say what the map is worth";
  if (verdict === "no map") return "the record has no map of the image";
  const meanings = { ...page.verdicts, ...object(lookUp(object(page.verdictsByMode), mode)) };
  return lookUp(meanings, verdict) ?? "this page does not know that verdict; another version of gradcam may";
}
