// The layer switch: a list of check boxes behind one button, and the line that says what to do now.
"use strict";

(function () {
  const NAMES = ["base", "ground", "names", "loose", "heat"];

  function open(board) {
    if (board.panel) {
      close(board);
      return;
    }
    const panel = L.DomUtil.create("div", "layers", board.map.getContainer());
    L.DomEvent.disableClickPropagation(panel);
    L.DomEvent.disableScrollPropagation(panel);
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", board.words.layers);
    for (const name of NAMES) {
      if (!there(board, name)) continue;
      const label = L.DomUtil.create("label", "", panel), box = L.DomUtil.create("input", "", label);
      box.type = "checkbox";
      box.checked = !board.hidden.has(name);
      box.addEventListener("change", () => board.show(name, box.checked));
      label.append(board.words["layer_" + name]);
    }
    panel.addEventListener("keydown", (event) => {
      const boxes = [...panel.querySelectorAll("input")], at = boxes.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        boxes[(at + step + boxes.length) % boxes.length].focus();
        event.preventDefault();
      }
      if (event.key !== "Tab") event.stopPropagation();
      if (event.key === "Escape" || event.key === "b") close(board);
    });
    board.panel = panel;
    board.busy = { cancel: () => close(board) };
    const first = panel.querySelector("input");
    if (first) first.focus();
  }

  function there(board, name) {
    const content = board.data[name];
    if (name === "names") return true;
    if (name === "base") return Boolean(board.based);
    if (name === "loose") return Boolean(content && content.lat && content.lat.length);
    if (name === "ground") return !board.bare;
    return Boolean(content && content.features && content.features.length);
  }

  function close(board) {
    board.panel.remove();
    board.panel = null;
    board.busy = null;
    board.map.getContainer().focus();
  }

  // One line at the upper side: what a mode waits for; "" takes it away.
  window.fairvisit.say = function (board, text) {
    if (board.line) board.line.remove();
    board.line = null;
    if (!text) return;
    board.line = L.DomUtil.create("div", "line", board.map.getContainer());
    board.line.setAttribute("role", "status");
    board.line.textContent = text;
  };

  window.fairvisit.keys.b = open;
  window.fairvisit.buttons.push({ sign: "☰", word: "layers", deed: open });
})();
