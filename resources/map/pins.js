// Pins that can be moved, and the mode in which the next press on the map says where somebody lives.
"use strict";

(function () {
  function icon(pin) {
    return L.divIcon({
      className: "pin" + (pin.weak ? " weak" : "") + (pin.chosen ? " chosen" : ""),
      iconSize: [22, 22], iconAnchor: [1, 21], html: "",
    });
  }

  window.fairvisit.layers.pins = function (board, content) {
    const group = L.layerGroup(), spots = [];
    for (const pin of content.pins) {
      const mark = L.marker([pin.lat, pin.lon], {
        icon: icon(pin), draggable: true, keyboard: false, autoPan: true, zIndexOffset: pin.chosen ? 1000 : 0,
      });
      if (pin.title)
        mark.bindTooltip(window.fairvisit.words([pin.title, pin.weak ? board.words.weak : ""]), { direction: "top", offset: [0, -10] });
      mark.on("dragend", () => {
        const spot = mark.getLatLng().wrap();
        board.onPin(pin.i, spot.lat, spot.lng);
      });
      mark.on("click", () => board.onPin(pin.i, NaN, NaN));
      spots.push([pin.lat, pin.lon]);
      group.addLayer(mark);
    }
    board.pins = { bounds: () => L.latLngBounds(spots) };
    return group;
  };

  // `on`: the next press places; Enter places at the cross in the middle; Esc ends.
  window.fairvisit.place = function (board, on) {
    const box = board.map.getContainer();
    if (board.cross) {
      board.cross.remove();
      board.cross = null;
      box.classList.remove("placing");
    }
    board.placing = on;
    board.say(on ? board.words.placing : "");
    if (!on) return;
    board.cross = L.DomUtil.create("div", "cross", box);
    box.classList.add("placing");
  };

  function put(board, latlng) {
    const spot = latlng.wrap();
    board.onPlace(spot.lat, spot.lng);
  }

  window.fairvisit.placeAt = function (board, point) {
    if (!board.placing) return false;
    put(board, board.map.containerPointToLatLng(point));
    return true;
  };
  window.fairvisit.keys.Enter = (board) => {
    if (board.placing) put(board, board.map.getCenter());
  };
})();
