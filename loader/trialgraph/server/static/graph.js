/* Draws the links of an answer: things as dots with their names, each leading to its page where it has one. */

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "/static/vendor/d3-force.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const MARGIN = 40;

export function draw(details) {
  const { nodes, links } = read(JSON.parse(details.querySelector("script").textContent));
  const place = details.querySelector("div");
  details.hidden = false;
  layOut(nodes, links, place.clientWidth || 800);
  place.replaceChildren(picture(nodes, links));
}

function read(rows) {
  const nodes = new Map();
  const node = ([text, link]) => {
    if (!nodes.has(text)) nodes.set(text, { text, link });
    return text;
  };
  const links = rows.map(([source, target, by]) => ({ source: node(source), target: node(target), by }));
  return { nodes: [...nodes.values()], links };
}

/* Every run gives the same picture: the layout has no chance in it. */
function layOut(nodes, links, width) {
  const wide = width > 600;
  const distance = nodes.length > 60 ? 70 : 120;
  forceSimulation(nodes)
    .force("link", forceLink(links).id((each) => each.text).distance(distance))
    .force("charge", forceManyBody().strength(-420).distanceMax(500))
    .force("apart", forceCollide(30))
    .force("x", forceX().strength(wide ? 0.04 : 0.14))
    .force("y", forceY().strength(wide ? 0.1 : 0.05))
    .stop()
    .tick(300);
}

function picture(nodes, links) {
  const xs = nodes.map((each) => each.x);
  const ys = nodes.map((each) => each.y);
  const [left, top] = [Math.min(...xs) - MARGIN, Math.min(...ys) - MARGIN];
  const [width, height] = [Math.max(...xs) - left + 4 * MARGIN, Math.max(...ys) - top + MARGIN];
  const svg = element("svg", { viewBox: `${left} ${top} ${width} ${height}`, width, height, role: "group", "aria-label": "Graph" });
  const tip = element("marker", { id: "tip", viewBox: "0 0 8 8", refX: 15, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
  tip.append(element("path", { d: "M0 0 8 4 0 8Z" }));
  svg.append(tip, ...links.map(edge), ...(links.length <= 12 ? links.map(name) : []), ...nodes.map(dot));
  return svg;
}

function edge({ source, target, by }) {
  const line = element("line", { x1: source.x, y1: source.y, x2: target.x, y2: target.y, "marker-end": "url(#tip)" });
  const title = element("title", {});
  title.textContent = `${source.text} ${by || "–"} ${target.text}`;
  line.append(title);
  return line;
}

function name({ source, target, by }) {
  const text = element("text", { class: "by", x: (source.x + target.x) / 2, y: (source.y + target.y) / 2, "text-anchor": "middle" });
  text.textContent = by;
  return text;
}

function dot({ x, y, text, link }) {
  const group = element(link ? "a" : "g", link ? { href: link } : {});
  const words = element("text", { x: x + 10, y: y + 4 });
  words.textContent = text.length > 34 ? `${text.slice(0, 33)}…` : text;
  group.append(element("circle", { cx: x, cy: y, r: 6.5 }), words);
  return group;
}

function element(kind, attributes) {
  const made = document.createElementNS(NAMESPACE, kind);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
