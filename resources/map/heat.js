// Where value waits: a circle for each township, its area the value. No outlines of townships are
// needed, and none are shown.
"use strict";

(function () {
  const WIDEST = 34; // pixels

  // What the circles mean, and how much the largest is.
  function key(board, collection) {
    const legend = L.control({ position: "bottomleft" });
    legend.onAdd = function () {
      const box = L.DomUtil.create("div", "note");
      const largest = collection.features.reduce(
        (best, one) => (!best || one.properties.share > best.properties.share ? one : best), null,
      );
      const facts = largest ? largest.properties : null;
      box.textContent = facts ? board.words.heat + facts.title + " (" + facts.detail + ")" : "";
      return box;
    };
    return legend;
  }

  window.fairvisit.layers.heat = function (board, collection) {
    const group = L.layerGroup(), look = board.look, legend = key(board, collection);
    group.on("add", () => legend.addTo(board.map));
    group.on("remove", () => legend.remove());
    const most = Math.max(1, ...collection.features.map((f) => f.properties.share));
    for (const feature of collection.features) {
      const facts = feature.properties, [lon, lat] = feature.geometry.coordinates;
      const mark = L.circleMarker([lat, lon], {
        renderer: board.over, radius: 3 + WIDEST * Math.sqrt(facts.share / most), color: look.heat, weight: 1.5,
        fillColor: look.heat, fillOpacity: 0.28, bubblingMouseEvents: true,
      });
      mark.bindTooltip(window.fairvisit.words([facts.title, facts.detail]), { sticky: true });
      mark.addTo(group);
    }
    return group;
  };
})();
