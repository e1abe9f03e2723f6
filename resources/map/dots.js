// Eligible persons who are not in the plan: thousands of hollow dots on one canvas of their own,
// without an object for each. Above 5,000 those that lie close together become one circle with
// their number. They come as columns: {first, lat, lon, title, detail, weak}.
"use strict";

(function () {
  const CLUSTER_FROM = 5000; // dots in all
  const CELL = 64; // pixels
  const ALONE = 3; // so many in a cell are still drawn one by one
  const APART = 14; // zoom from which nothing is gathered
  const EDGE = 0.25; // of the window, drawn beyond its sides
  const REACH = 5; // pixels beside a dot that still count as on it

  const Dots = L.Layer.extend({
    initialize: function (board, content) {
      this.board = board;
      this.first = content.first || 0;
      this.title = content.title || [];
      this.detail = content.detail || [];
      const n = (content.lat || []).length;
      this.x = new Float64Array(n); // pixels of the world at zoom 0
      this.y = new Float64Array(n);
      for (let i = 0; i < n; i += 1) {
        const sine = Math.sin((content.lat[i] * Math.PI) / 180);
        this.x[i] = 256 * (content.lon[i] / 360 + 0.5);
        this.y[i] = 256 * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
      }
      this.lat = content.lat || [];
      this.lon = content.lon || [];
      this.weak = new Set(content.weak || []);
      this.seen = []; // [index, x, y] of the dots drawn, in pixels of the window
      this.groups = []; // {x, y, r, members} of the circles drawn
    },

    onAdd: function (map) {
      this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("dots"));
      map.on("moveend zoomend resize viewreset", this.draw, this);
      map.on("mousemove", this._hover, this);
      this.draw();
    },
    onRemove: function (map) {
      map.off("moveend zoomend resize viewreset", this.draw, this);
      map.off("mousemove", this._hover, this);
      this._hide();
      this._canvas.remove();
      this.seen = [];
      this.groups = [];
    },

    draw: function () {
      const map = this._map, look = this.board.look;
      if (!map || !look) return;
      const size = map.getSize(), pad = size.multiplyBy(EDGE).round(), dense = window.devicePixelRatio || 1;
      const wide = size.x + 2 * pad.x, high = size.y + 2 * pad.y, canvas = this._canvas;
      canvas.width = wide * dense;
      canvas.height = high * dense;
      canvas.style.width = wide + "px";
      canvas.style.height = high + "px";
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([-pad.x, -pad.y]));
      const ctx = canvas.getContext("2d");
      ctx.scale(dense, dense);
      const zoom = map.getZoom(), scale = Math.pow(2, zoom);
      const corner = map.project(map.containerPointToLatLng([0, 0]), zoom);
      this._sort(scale, corner, wide, high, pad, zoom);
      const radius = zoom >= 11 ? 5 : 4;
      const plain = sprite(look, radius, dense, false), weak = sprite(look, radius, dense, true);
      const half = plain.width / dense / 2;
      for (const [i, x, y] of this.seen)
        ctx.drawImage(this.weak.has(i) ? weak : plain, x + pad.x - half, y + pad.y - half, 2 * half, 2 * half);
      for (const group of this.groups) circle(ctx, group, pad, look, this.board.words);
      this._ring(ctx, pad, radius, look);
    },

    // What is to be drawn one by one, and what gathered.
    _sort: function (scale, corner, wide, high, pad, zoom) {
      const shown = [];
      const left = corner.x - pad.x, top = corner.y - pad.y;
      for (let i = 0; i < this.x.length; i += 1) {
        const x = this.x[i] * scale - left, y = this.y[i] * scale - top;
        if (x > -8 && y > -8 && x < wide + 8 && y < high + 8) shown.push([i, x - pad.x, y - pad.y]);
      }
      this.groups = [];
      const gather = this.x.length > CLUSTER_FROM && (zoom < APART || shown.length > CLUSTER_FROM);
      if (!gather) {
        this.seen = shown;
        return;
      }
      // Cells lie fast on the map, not on the window: dragging leaves the circles as they are.
      const cells = new Map();
      for (const spot of shown) {
        const key = Math.floor((spot[1] + corner.x) / CELL) * 4194304 + Math.floor((spot[2] + corner.y) / CELL);
        const cell = cells.get(key);
        if (cell) cell.push(spot);
        else cells.set(key, [spot]);
      }
      this.seen = [];
      for (const members of cells.values()) {
        if (members.length <= ALONE) {
          this.seen.push(...members);
          continue;
        }
        let x = 0, y = 0;
        for (const [, px, py] of members) {
          x += px;
          y += py;
        }
        const n = members.length;
        this.groups.push({ x: x / n, y: y / n, r: Math.min(26, 10 + 2.6 * Math.log2(n / 2)), members: members });
      }
    },

    _ring: function (ctx, pad, radius, look) {
      const i = this.board.chosen - this.first;
      if (i < 0 || i >= this.x.length) return;
      const p = this._map.latLngToContainerPoint([this.lat[i], this.lon[i]]);
      ctx.beginPath();
      ctx.arc(p.x + pad.x, p.y + pad.y, radius + 1, 0, 2 * Math.PI);
      ctx.fillStyle = look.earth;
      ctx.fill();
      ctx.lineWidth = 4;
      ctx.strokeStyle = look.accent;
      ctx.stroke();
    },

    // The index of the dot under a pixel, -1 for none. A press on a circle goes nearer to it.
    hit: function (point) {
      const index = this._under(point);
      if (index >= 0) return index + this.first;
      const group = this.groups.find((one) => (one.x - point.x) ** 2 + (one.y - point.y) ** 2 <= one.r ** 2);
      if (group) {
        const bounds = L.latLngBounds(group.members.map(([i]) => [this.lat[i], this.lon[i]]));
        const near = this._map.getBoundsZoom(bounds.pad(0.2));
        this._map.setView(bounds.getCenter(), Math.min(17, Math.max(near, this._map.getZoom() + 1)));
        return this.board.chosen;
      }
      return -1;
    },

    _under: function (point) {
      let best = -1, reach = (5 + REACH) ** 2;
      for (const [i, x, y] of this.seen) {
        const away = (x - point.x) ** 2 + (y - point.y) ** 2;
        if (away <= reach) {
          best = i;
          reach = away;
        }
      }
      return best;
    },

    _hover: function (event) {
      const i = this._under(event.containerPoint);
      if (i === this._hovered) return;
      this._hide();
      this._hovered = i;
      if (i < 0) return;
      const lines = [this.title[i], this.detail[i]];
      if (this.weak.has(i)) lines.push(this.board.words.weak);
      this._tip = L.tooltip({ direction: "top", offset: [0, -8] })
        .setLatLng([this.lat[i], this.lon[i]])
        .setContent(window.fairvisit.words(lines))
        .addTo(this._map);
      this._map.getContainer().style.cursor = "pointer";
    },
    _hide: function () {
      if (this._tip) this._tip.remove();
      this._tip = null;
      this._hovered = -1;
      if (this._map) this._map.getContainer().style.cursor = "";
    },

    choose: function () {
      const i = this.board.chosen - this.first, here = i >= 0 && i < this.x.length;
      if (here || this._ringed) this.draw();
      this._ringed = here;
    },
    spot: function (index) {
      const i = index - this.first;
      return i >= 0 && i < this.lat.length ? L.latLng(this.lat[i], this.lon[i]) : null;
    },
    indexes: function () {
      return Array.from(this.lat, (_lat, i) => i + this.first);
    },
    bounds: function () {
      const bounds = L.latLngBounds([]);
      if (!this.lat.length) return bounds;
      const ends = (list) => list.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [list[0], list[0]]);
      const [south, north] = ends(this.lat), [west, east] = ends(this.lon);
      return bounds.extend([south, west]).extend([north, east]);
    },
    // The indexes of all dots for which `inside` says yes to their pixel.
    within: function (inside) {
      const found = this.seen.filter(([, x, y]) => inside(x, y)).map(([i]) => i);
      for (const group of this.groups)
        for (const [i, x, y] of group.members) if (inside(x, y)) found.push(i);
      return found.map((i) => i + this.first);
    },
  });

  const sprites = new Map();

  function sprite(look, radius, dense, weak) {
    const key = [look.dark, radius, dense, weak].join();
    if (sprites.has(key)) return sprites.get(key);
    const made = document.createElement("canvas"), wide = 2 * (radius + 3);
    made.width = made.height = wide * dense;
    const ctx = made.getContext("2d");
    ctx.scale(dense, dense);
    ctx.beginPath();
    ctx.arc(wide / 2, wide / 2, radius, 0, 2 * Math.PI);
    ctx.fillStyle = look.earth;
    if (weak) ctx.globalAlpha = 0.55;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = look.loose;
    if (weak) ctx.setLineDash([2.2, 2.2]);
    ctx.stroke();
    sprites.set(key, made);
    return made;
  }

  function circle(ctx, group, pad, look, say) {
    const x = group.x + pad.x, y = group.y + pad.y, n = group.members.length;
    ctx.beginPath();
    ctx.arc(x, y, group.r, 0, 2 * Math.PI);
    ctx.globalAlpha = 0.9;
    ctx.fillStyle = look.earth;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.lineWidth = 2;
    ctx.strokeStyle = look.loose;
    ctx.stroke();
    ctx.fillStyle = look.label;
    ctx.font = "600 11px" + window.fairvisit.face;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(n < 10000 ? String(n) : (n / 10000).toFixed(1) + say.myriad, x, y + 0.5);
  }

  window.fairvisit.layers.loose = function (board, content) {
    board.dots = new Dots(board, content);
    return board.dots;
  };
})();
