// The best and the worst maps of the first method, with what somebody marked.

function outlined(card) {
  if (card.outline === null) return null;
  const [width, height] = card.grid;
  const path = (name) => draw("path", { d: card.outline, class: name, "vector-effect": "non-scaling-stroke" });
  return draw("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", class: "outline", role: "img", "aria-label": "what is marked" },
    path("rim"), path("marked"));
}

/** What other methods have of the same image and class, the best first. */
function rivals(card, metric) {
  const factor = isBetterHigh(metric) ? -1 : 1;
  const order = [...card.others].sort((left, right) => factor * (left.value - right.value));
  const items = order.map((other) => make("li", { className: page.table.baselines.includes(other.method) ? "baseline" : "" },
    make("span", { className: "label" }, page.table.baselines.includes(other.method) ? other.method : `${other.method} at ${other.layer}`),
    make("span", { className: "share" }, fixed(other.value))));
  if (card.others_left_out > 0) items.push(make("li", {}, `${grouped(card.others_left_out)} more in the records`));
  return items.length === 0 ? null : make("details", { className: "rivals" }, make("summary", {}, "Other methods"), make("ul", {}, ...items));
}

function galleryCard(card, metric) {
  const frame = make("div", { className: "frame" });
  if (card.overlay === null) {
    frame.append(make("span", { className: "missing" }, card.note ?? "no picture"));
  } else {
    const sized = make("div", { className: "sized" });
    const [width, height] = card.size;
    sized.style.aspectRatio = `${width} / ${height}`;
    if (height > width) sized.style.height = "100%";
    else sized.style.width = "100%";
    for (const [name, source] of [["overlay", card.overlay], ["image", card.picture]]) {
      const image = make("img", { className: name, alt: `${name === "overlay" ? "map over" : ""} ${card.image}`.trim(), decoding: "async", draggable: false });
      if (Math.max(width, height) <= 64) image.classList.add("coarse");
      image.src = source;
      sized.append(image);
    }
    const outline = outlined(card);
    if (outline) sized.append(outline);
    frame.append(sized);
  }
  return make("article", { className: "card" }, frame,
    make("div", { className: "caption" },
      make("div", { className: "line" }, make("span", { className: "share value", title: String(card.value) }, fixed(card.value)),
        make("span", { className: "label", title: card.target }, card.target)),
      make("div", { className: "name", title: card.image }, card.image.split("/").pop() || card.image),
      rivals(card, metric)));
}

function showGallery(gallery) {
  const metric = page.table.metrics.find((one) => one.name === gallery.metric);
  element("gallery").hidden = false;
  element("gallery-title").textContent = `Best and worst by ${gallery.metric}`;
  const marked = [...gallery.best, ...gallery.worst].some((card) => card.outline !== null) ? " The dashed line is what somebody marked." : "";
  element("gallery-hint").textContent = `Maps of ${gallery.method} at ${gallery.layer}; ${isBetterHigh(metric) ? "more" : "less"} is better.${marked} ${gallery.note ?? ""}`;
  const part = (title, cards) => (cards.length === 0 ? [] : [make("h3", {}, title), make("div", { className: "cards" }, ...cards.map((card) => galleryCard(card, metric)))]);
  element("cards").replaceChildren(...part("Best", gallery.best), ...part("Worst", gallery.worst));
  const show = (isImage) => {
    element("cards").classList.toggle("bare", isImage);
    element("show-image").setAttribute("aria-pressed", String(isImage));
    element("show-overlay").setAttribute("aria-pressed", String(!isImage));
  };
  element("show-overlay").addEventListener("click", () => show(false));
  element("show-image").addEventListener("click", () => show(true));
}
