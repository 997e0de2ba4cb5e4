// The grid. Of thousands of cards only those near the window exist.

/** Rows beyond the window that are kept ready, so that scrolling meets pictures and not gaps. */
const spareRows = 3;
/** A printout of more cards than this would be a book. */
const mostPrinted = 1000;

class Grid {
  constructor(root, onOpen) {
    this.root = root;
    this.onOpen = onOpen;
    this.items = [];
    this.cards = new Map();
    this.active = 0;
    this.view = "overlay";
    this.scheduled = false;
    const update = () => this.schedule();
    addEventListener("scroll", update, { passive: true });
    new ResizeObserver(update).observe(root);
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("pointerover", (event) => this.hovered(event, true));
    root.addEventListener("pointerout", (event) => this.hovered(event, false));
  }

  /** Shows other items, or the same in another order or view. */
  show(items, view, details) {
    this.root.replaceChildren();
    this.cards.clear();
    Object.assign(this, { items, view, details });
    this.active = Math.min(this.active, Math.max(items.length - 1, 0));
    this.root.classList.toggle("detailed", details !== null);
    this.render();
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.render();
    });
  }

  /** How many columns fit, and how large a card is then. */
  measure() {
    const width = this.root.clientWidth;
    const isNarrow = width < 520;
    const gap = isNarrow ? 10 : 16;
    const columns = Math.max(2, Math.floor((width + gap) / ((isNarrow ? 150 : 190) + gap)));
    const side = (width - gap * (columns - 1)) / columns;
    const caption = this.details ? 76 : 58;
    this.layout = { gap, columns, side, row: side + caption + gap, height: side + caption };
  }

  render() {
    this.measure();
    const { columns, row, gap } = this.layout;
    const rows = Math.ceil(this.items.length / columns);
    this.root.style.height = `${Math.max(rows * row - gap, 0)}px`;
    const top = -this.root.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / row) - spareRows) * columns;
    const last = Math.min(this.items.length, (Math.ceil((top + innerHeight) / row) + spareRows) * columns);
    for (const [index, card] of this.cards) {
      if (index >= first && index < last) continue;
      card.remove();
      this.cards.delete(index);
    }
    const added = document.createDocumentFragment();
    for (let index = first; index < last; index++) {
      let card = this.cards.get(index);
      if (!card) {
        card = this.makeCard(this.items[index], index);
        this.cards.set(index, card);
        added.append(card);
      }
      this.place(card, index);
    }
    this.root.append(added);
    this.mark();
  }

  place(card, index) {
    const { columns, side, row, gap, height } = this.layout;
    card.style.width = `${side}px`;
    card.style.height = `${height}px`;
    card.style.transform = `translate(${(index % columns) * (side + gap)}px, ${Math.floor(index / columns) * row}px)`;
  }

  makeCard(item, index) {
    const card = make("div", {
      id: `card-${index}`, className: `card rank-${item.rank}`, role: "option", title: item.path,
      "aria-posinset": index + 1, "aria-setsize": this.items.length, "aria-label": describe(item),
    });
    card.dataset.index = index;
    card.append(...cardParts(item, this.view, this.details));
    return card;
  }

  /** Marks the card that the keys act on. */
  mark() {
    this.root.querySelector(".active")?.classList.remove("active");
    const card = this.cards.get(this.active);
    card?.classList.add("active");
    for (const [index, other] of this.cards) other.setAttribute("aria-selected", String(index === this.active));
    if (card) this.root.setAttribute("aria-activedescendant", card.id);
    else this.root.removeAttribute("aria-activedescendant");
  }

  clicked(event) {
    const index = event.target.closest(".card")?.dataset.index;
    if (index === undefined) return;
    this.active = Number(index);
    this.mark();
    this.onOpen(this.items[this.active]);
  }

  /** A mouse over a card shows its other picture. Fingers do not hover: they open the card. */
  hovered(event, isOver) {
    const card = event.target.closest(".card");
    if (!card || event.pointerType === "touch" || card.contains(event.relatedTarget)) return;
    if (isOver) showBoth(card, this.items[Number(card.dataset.index)]);
    card.classList.toggle("swapped", isOver);
  }

  /** Moves by a key; whether the key was one that moves. */
  moveBy(key) {
    const { columns, row } = this.layout;
    const page = Math.max(1, Math.floor(innerHeight / row)) * columns;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -page, PageDown: page };
    if (key === "Home") this.moveTo(0);
    else if (key === "End") this.moveTo(this.items.length - 1);
    else if (key in steps) this.moveTo(this.active + steps[key]);
    else return false;
    return true;
  }

  moveTo(index) {
    if (this.items.length === 0) return;
    this.active = Math.max(0, Math.min(index, this.items.length - 1));
    const { columns, row, height } = this.layout;
    const top = this.root.getBoundingClientRect().top + Math.floor(this.active / columns) * row;
    const [least, most] = [stickyHeight() + 12, innerHeight - 12];
    if (top < least) scrollBy(0, top - least);
    else if (top + height > most) scrollBy(0, top + height - most);
    this.render();
  }
}

/** How much of the window's upper end the bars cover. */
const stickyHeight = () => document.querySelector(".toolbar").getBoundingClientRect().height;

/** A card's contents; its name alone where the rest cannot be shown. */
function cardParts(item, view, details) {
  return guarded(() => allCardParts(item, view, details), () => [
    make("div", { className: "frame" }, make("span", { className: "missing front" }, "not readable")),
    make("div", { className: "caption" }, make("p", { className: "name" }, item.name)),
  ]);
}

function allCardParts(item, view, details) {
  const frame = make("div", { className: "frame" });
  const isOriginal = view === "original" || item.error !== null;
  const image = isOriginal ? picture(item.original.shown, "", "no picture") : picture(item.overlay.shown, "", "no overlay");
  image.classList.add("front");
  frame.append(image, make("div", { className: "badges" }, ...badges(item, markOf(state, item))));
  const line = item.error !== null
    ? make("p", { className: "line error" }, item.error)
    : make("p", { className: "line" }, make("span", { className: "label" }, item.label ?? "no prediction"),
      make("span", { className: "share" }, item.answer));
  if (item.outcome === "wrong") line.firstChild.textContent += `, truth ${item.truth.join(" + ") || "none"}`;
  const caption = make("div", { className: "caption" }, make("p", { className: "name" }, item.name), line);
  if (details && item.map) caption.append(make("p", { className: "line about" }, aboutMap(item, details)));
  return [frame, caption];
}

/** What a map explains, and what varies in this run. */
function aboutMap(item, keys) {
  const words = [item.explains, ...keys.filter((key) => key !== "target" && key !== "mode").map((key) => item[key])];
  return words.filter(Boolean).join(" · ");
}

/** Adds the picture that a card does not show, behind the one that it does. */
function showBoth(card, item) {
  const frame = card.querySelector(".frame");
  if (item.error !== null || frame.querySelector(".back")) return;
  const source = frame.querySelector(".front").getAttribute("src");
  const other = source !== null && source === item.original.shown ? item.overlay.shown : item.original.shown;
  if (!string(other) || other === source) return;
  const back = picture(other, "", "no picture");
  back.classList.add("back");
  frame.prepend(back);
}

/** An item in words, for those who hear the page. */
function describe(item) {
  if (item.error !== null) return `${item.path}: failed, ${item.error}`;
  const words = [item.path, `${item.label ?? "no prediction"} ${item.answer}`];
  if (item.explains !== null) words.push(`map: ${item.explains}`);
  if (item.verdict !== "ok") words.push(`verdict ${item.verdict}`);
  if (item.isDamaged && item.verdict !== "damaged") words.push("damaged");
  if (item.isUnsure) words.push("unsure");
  if (hasTruth()) words.push(item.truth === null ? "without truth" : `truth ${item.truth.join(" and ") || "none"}, ${outcomes[item.outcome].title}`);
  if (markOf(state, item) !== "none") words.push(`review ${markOf(state, item)}`);
  return words.join(", ");
}

/** Puts every card onto the page for a printer, and takes them off again. */
function preparePrint(items, state, details) {
  const shown = items.slice(0, mostPrinted);
  const note = items.length > shown.length
    ? `The first ${grouped(shown.length)} of ${grouped(items.length)}; filters choose others.` : `${plural(items.length, "result")}.`;
  element("print").replaceChildren(
    make("p", { className: "print-note" }, `${note} ${orders[state.sort].title}. ${filterText(state)}`),
    make("div", { className: "print-grid" }, ...shown.map((item) => {
      const card = make("div", { className: `card rank-${item.rank}` }, ...cardParts(item, state.view, details));
      // A printer does not scroll: what is lazy would stay away.
      for (const image of card.querySelectorAll("img")) image.loading = "eager";
      return card;
    })));
}

/** The filters that are set, in words. */
function filterText(state) {
  const words = [];
  if (state.search) words.push(`name contains “${state.search}”`);
  if (state.classes.size) words.push(`class ${[...state.classes].join(" or ")}`);
  if (state.verdicts.size) words.push(`verdict ${[...state.verdicts].join(" or ")}`);
  if (state.outcomes.size) words.push([...state.outcomes].map((name) => lookUp(outcomes, name)?.title ?? name).join(" or "));
  if (state.truths.size) words.push(`truth ${[...state.truths].map((name) => name || "none").join(" or ")}`);
  if (state.about && state.side) words.push(`${sides[state.side]} of ${state.about}`);
  if (state.reviews.size) words.push(`review ${[...state.reviews].join(" or ")}`);
  if (state.unsure) words.push("unsure");
  if (state.least > 0 || state.most < 100) words.push(`confidence ${state.least} to ${state.most} %`);
  for (const key of choiceKeys) if (state[key]) words.push(`${key} ${state[key]}`);
  return words.length ? `Only: ${words.join("; ")}.` : "";
}
