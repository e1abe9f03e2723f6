// An exported map: everything is in this file, nothing is asked from anywhere.
"use strict";

(function () {
  const content = JSON.parse(document.getElementById("content").textContent);
  const board = window.fairvisit.board, say = content.look.words;

  board.setLook(content.look);
  for (const layer of ["ground", "routes", "homes", "stops"]) board.setLayer(layer, content[layer]);

  function show(stop) {
    const facts = stop.properties, p = stop.geometry.coordinates;
    const head = content.crews[facts.crew].name + "  " + facts.n + "  " + facts.title;
    L.popup({ offset: [0, -8] })
      .setLatLng([p[1], p[0]])
      .setContent(window.fairvisit.words([head, facts.detail]))
      .openOn(board.map);
  }

  board.onPick = function (index) {
    if (index >= 0) show(content.stops.features[index]);
  };

  function element(kind, text, parent) {
    const made = document.createElement(kind);
    if (text) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  function sample(style) {
    const space = "http" + "://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("width", "44");
    svg.setAttribute("height", "14");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(space, "line");
    const facts = { x1: 1, y1: 7, x2: 43, y2: 7, stroke: style.colour, "stroke-width": 4 };
    for (const name of Object.keys(facts)) line.setAttribute(name, facts[name]);
    if (style.dash.length) line.setAttribute("stroke-dasharray", style.dash.map((d) => d * 4));
    svg.append(line);
    return svg;
  }

  const legend = element("aside", "", document.body);
  legend.className = "legend";
  element("h1", say.title, legend);
  element("p", say.note, legend);
  content.crews.forEach(function (crew, index) {
    const part = element("details", "", legend), head = element("summary", "", part);
    head.append(sample(content.look.crews[index]));
    element("span", crew.name, head);
    element("small", crew.summary, head);
    part.addEventListener("toggle", function () {
      board.fit(part.open ? index : -1);
    });
    const list = element("ol", "", part);
    for (const stop of content.stops.features) {
      if (stop.properties.crew !== index) continue;
      const button = element("button", stop.properties.title + "  " + stop.properties.detail, element("li", "", list));
      button.type = "button";
      button.addEventListener("click", function () {
        board.select(stop.properties.i);
        show(stop);
      });
    }
  });
  const wide = window.innerWidth > 640;
  board.inset = {
    left: wide ? legend.offsetWidth : 0,
    bottom: wide ? 0 : legend.offsetHeight,
  };
  board.fit();
})();
