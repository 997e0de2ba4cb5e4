// Small helpers for making elements and text.

const element = (id) => document.getElementById(id);

/** A new element; `properties` are set on it, `data-…` and `aria-…` as attributes, and text becomes text nodes. */
function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const grouped = (count) => count.toLocaleString("en");
const plural = (count, word) => `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;

/** `97.3 %`; a hundred only for what is a hundred, so that "certain" is never a matter of rounding. */
function percentText(share) {
  if (share === null) return "–";
  const shown = share < 1 && share > 0.9995 ? Math.floor(share * 1000) / 10 : share * 100;
  return `${shown.toFixed(1)} %`;
}

/** A picture that gives way to a quiet note where it cannot be shown. */
function picture(source, alternative, missing) {
  if (!string(source)) return make("span", { className: "missing" }, missing);
  const image = make("img", { alt: alternative, decoding: "async", loading: "lazy", draggable: false });
  image.addEventListener("error", () => image.replaceWith(make("span", { className: "missing" }, missing)), { once: true });
  image.addEventListener("load", () => {
    // Cells of a few pixels are meant to be seen as such.
    if (Math.max(image.naturalWidth, image.naturalHeight) <= 64) image.classList.add("coarse");
  }, { once: true });
  image.src = source;
  return image;
}

/** The part of a large picture as `[x, y, width, height]`, in pixels of its `[width, height]`. */
function pictureOfPart(source, part, [width, height], alternative, missing) {
  const set = (node, attributes) => Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  const drawn = element("part").content.firstElementChild.cloneNode(true);
  const image = drawn.querySelector("image");
  const viewBox = part.join(" ");
  set(drawn, { viewBox, "aria-label": alternative });
  // The inner one cuts: the outer one fills its place, whatever the place's shape.
  set(drawn.firstElementChild, { viewBox, x: part[0], y: part[1], width: part[2], height: part[3] });
  image.addEventListener("error", () => drawn.replaceWith(make("span", { className: "missing" }, missing)), { once: true });
  set(image, { width, height, href: source });
  return drawn;
}

/** The words beside a card that is not as it should be. */
function badges(item, mark = "none") {
  const made = [];
  if (item.outcome === "wrong") made.push(make("span", { className: "badge failed" }, "wrong"));
  if (mark !== "none") made.push(make("span", { className: `badge review ${markKinds[mark].kind}` }, `review: ${mark}`));
  if (item.verdict === "failed") made.push(make("span", { className: "badge failed" }, "failed"));
  else if (item.verdict !== "ok") made.push(make("span", { className: "badge doubtful" }, item.verdict));
  if (item.isDamaged && item.verdict !== "damaged") made.push(make("span", { className: "badge doubtful" }, "damaged"));
  if (item.isUnsure) made.push(make("span", { className: "badge unsure" }, "unsure"));
  return made;
}
