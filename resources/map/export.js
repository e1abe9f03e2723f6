// An exported map: everything is in this file, nothing is asked from anywhere. A link to the map
// app of the phone is followed when it is tapped.
"use strict";

(function () {
  const content = JSON.parse(document.getElementById("content").textContent);
  const board = window.fairvisit.board, say = content.look.words;
  const stops = content.stops.features;
  const rows = []; // by the index of the stop
  const space = "http" + "://www.w3.org/2000/svg";

  board.setLook(content.look);
  for (const layer of ["ground", "routes", "homes", "stops"]) board.setLayer(layer, content[layer]);

  function element(kind, text, parent, name) {
    const made = document.createElement(kind);
    if (text) made.textContent = text;
    if (name) made.className = name;
    if (parent) parent.append(made);
    return made;
  }

  function drawing(kind, facts, parent) {
    const made = document.createElementNS(space, kind);
    for (const name of Object.keys(facts)) made.setAttribute(name, facts[name]);
    if (parent) parent.append(made);
    return made;
  }

  function sample(style) {
    const svg = drawing("svg", { width: 44, height: 14, "aria-hidden": "true" });
    const line = { x1: 1, y1: 7, x2: 43, y2: 7, stroke: style.colour, "stroke-width": 4 };
    if (style.dash.length) line["stroke-dasharray"] = style.dash.map((d) => d * 4).join(" ");
    drawing("line", line, svg);
    return svg;
  }

  // Four modules of white around the code: without them no phone reads it.
  function code(modules) {
    const wide = modules.length + 8;
    const svg = drawing("svg", { viewBox: "0 0 " + wide + " " + wide, role: "img", "aria-label": say.code });
    drawing("rect", { width: wide, height: wide, fill: "#fff" }, svg);
    let path = "";
    modules.forEach((row, y) => {
      for (const run of row.matchAll(/1+/g)) path += "M" + (run.index + 4) + " " + (y + 4) + "h" + run[0].length + "v1h-" + run[0].length + "z";
    });
    drawing("path", { d: path, fill: "#000", "shape-rendering": "crispEdges" }, svg);
    return svg;
  }

  function open(index) {
    rows.forEach((row, i) => row.item.classList.toggle("open", i === index));
    if (index < 0) return;
    const facts = stops[index].properties, p = stops[index].geometry.coordinates, row = rows[index];
    row.part.open = true;
    row.item.scrollIntoView({ block: "nearest" });
    const head = content.crews[facts.crew].name + "  " + facts.n + "  " + facts.title;
    const inset = board.inset || { left: 0, bottom: 0 };
    L.popup({ offset: [0, -8], autoPanPaddingTopLeft: [inset.left + 12, 12], autoPanPaddingBottomRight: [50, inset.bottom + 12] })
      .setLatLng([p[1], p[0]])
      .setContent(window.fairvisit.words([head, facts.detail]))
      .openOn(board.map);
  }

  board.onPick = open;

  const legend = element("aside", "", document.body, "legend");
  element("h1", say.title, legend);
  for (const note of say.notes) element("p", note, legend);
  content.crews.forEach(function (crew, index) {
    const part = element("details", "", legend), head = element("summary", "", part);
    head.append(sample(content.look.crews[index]));
    element("span", crew.name, head);
    element("small", crew.summary, head);
    head.addEventListener("click", () => board.fit(part.open ? -1 : index));
    const list = element("ol", "", part);
    const mine = stops.filter((stop) => stop.properties.crew === index);
    mine.forEach(function (stop, place) {
      const told = crew.stops[place], facts = stop.properties, item = element("li", "", list);
      const button = element("button", "");
      button.type = "button";
      element("i", String(facts.n), item, "n");
      item.append(button);
      element("b", facts.title, button);
      for (const fact of told.facts) if (fact) element("span", fact, button);
      button.addEventListener("click", function () {
        board.select(facts.i);
        open(facts.i);
      });
      const way = element("div", "", item, "way");
      const link = element("a", say.navigate, way);
      link.href = told.link;
      link.rel = "noopener noreferrer";
      way.append(code(told.qr));
      rows[facts.i] = { item: item, part: part };
    });
  });

  function inset() {
    const wide = window.innerWidth > 640;
    board.inset = { left: wide ? legend.offsetWidth : 0, bottom: wide ? 0 : legend.offsetHeight };
  }

  // The map in its present size. The printer does not wait for the next frame: draw at once.
  function draw() {
    board.map.invalidateSize(false);
    board.fit();
    for (const canvas of [board.under, board.over]) if (canvas._map) canvas._updatePaths();
  }

  // Moved layers do not reach a printer: what they show is copied onto one plain picture.
  const paper = element("canvas", "", board.map.getContainer(), "sheet");
  function copy() {
    const box = board.map.getContainer().getBoundingClientRect(), dense = 2;
    paper.width = box.width * dense;
    paper.height = box.height * dense;
    const ctx = paper.getContext("2d");
    ctx.scale(dense, dense);
    const layers = [...board.map.getContainer().querySelectorAll(".leaflet-pane canvas")];
    const height = (layer) => Number(getComputedStyle(layer.parentNode).zIndex);
    for (const layer of layers.sort((a, b) => height(a) - height(b))) {
      const place = layer.getBoundingClientRect();
      ctx.drawImage(layer, place.left - box.left, place.top - box.top, place.width, place.height);
    }
  }

  // On paper the list stands below the map, all of it, with every code.
  let shut = [];
  window.addEventListener("beforeprint", function () {
    const parts = [...legend.querySelectorAll("details")];
    shut = parts.filter((part) => !part.open);
    for (const part of shut) part.open = true;
    board.map.closePopup();
    board.inset = { left: 0, bottom: 0 };
    document.documentElement.classList.add("paper");
    L.DomEvent.off(window, "resize", board.map._onResize, board.map); // the sheet is no window
    draw();
    copy();
  });
  window.addEventListener("afterprint", function () {
    for (const part of shut) part.open = false;
    document.documentElement.classList.remove("paper");
    L.DomEvent.on(window, "resize", board.map._onResize, board.map);
    inset();
    draw();
  });

  inset();
  board.fit();
})();
