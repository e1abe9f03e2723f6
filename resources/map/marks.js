// What stands on the map: numbered stops, homes, and names of places that keep clear of both.
"use strict";

(function () {
  const PLACE_FROM = [0, 8, 9.75, 11.5];
  const PLACE_FONT = ["600 15px", "600 13px", "12px", "11px"];
  const FACE = ' "Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

  // A circle with a figure in it, drawn on the shared canvas.
  const Numbered = L.CircleMarker.extend({
    _updatePath: function () {
      this._renderer._drawNumbered(this);
    },
  });

  L.Canvas.include({
    _drawNumbered: function (mark) {
      if (!this._drawing || mark._empty()) return;
      const ctx = this._ctx, p = mark._point, o = mark.options, r = mark._radius;
      ctx.save();
      ctx.setLineDash([]);
      ctx.globalAlpha = o.faded ? 0.35 : 1;
      if (o.chosen) {
        ring(ctx, p, r + 5, o.accent, 2);
        ring(ctx, p, r + 2.5, o.rim, 3);
      }
      ctx.beginPath();
      ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
      ctx.fillStyle = o.weak ? o.rim : o.fillColor;
      ctx.fill();
      if (o.weak) {
        // Its place is not known to the street: hollow, with a broken rim.
        ctx.setLineDash([4, 3]);
        ring(ctx, p, r - 1, o.fillColor, 2.5);
        ctx.setLineDash([]);
      } else ring(ctx, p, r, o.rim, 1.5);
      ctx.fillStyle = o.weak ? o.fillColor : o.ink;
      ctx.font = "600 " + (o.n > 99 ? 9 : 11.5) + "px" + FACE;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillText(String(o.n), p.x, p.y + 0.5);
      if (o.locked) padlock(ctx, p.x + r * 0.75, p.y - r * 0.75, o);
      ctx.restore();
    },
  });

  function ring(ctx, p, r, colour, width) {
    ctx.beginPath();
    ctx.arc(p.x, p.y, r, 0, 2 * Math.PI);
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
  }

  function padlock(ctx, x, y, o) {
    ctx.fillStyle = o.rim;
    ctx.beginPath();
    ctx.arc(x, y, 6.5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = ctx.strokeStyle = o.accent;
    ctx.fillRect(x - 3, y - 0.5, 6, 4);
    ctx.lineWidth = 1.2;
    ctx.beginPath();
    ctx.arc(x, y - 0.5, 2, Math.PI, 0);
    ctx.stroke();
  }

  const House = Numbered.extend({
    _updatePath: function () {
      const canvas = this._renderer;
      if (!canvas._drawing || this._empty()) return;
      const ctx = canvas._ctx, p = this._point, o = this.options;
      ctx.setLineDash([]);
      ctx.beginPath();
      ctx.moveTo(p.x - 9, p.y - 1);
      ctx.lineTo(p.x, p.y - 10);
      ctx.lineTo(p.x + 9, p.y - 1);
      ctx.lineTo(p.x + 6.5, p.y - 1);
      ctx.lineTo(p.x + 6.5, p.y + 8);
      ctx.lineTo(p.x - 6.5, p.y + 8);
      ctx.lineTo(p.x - 6.5, p.y - 1);
      ctx.closePath();
      ctx.fillStyle = o.fillColor;
      ctx.fill();
      ctx.strokeStyle = o.rim;
      ctx.lineWidth = 1.5;
      ctx.stroke();
    },
  });

  // Names of places above routes and hollow dots: larger places first, none over another and none
  // over what `obstacles` tells, [x, y, radius] in pixels: a name goes below or beside it.
  const Labels = L.Layer.extend({
    initialize: function (obstacles) {
      this._sets = {}; // source -> its places, larger ones first
      this._places = [];
      this._obstacles = obstacles;
    },
    setLook: function (look) {
      this._look = look;
      this.renew();
    },
    // The places of one source ("ground", or a base map): [{at, name, rank}]; null takes them away.
    setPlaces: function (source, places) {
      if (places) this._sets[source] = places;
      else delete this._sets[source];
      const seen = new Set();
      this._places = Object.values(this._sets)
        .flat()
        .filter((place) => {
          const key = place.name + place.at[0].toFixed(2) + place.at[1].toFixed(2);
          return !seen.has(key) && seen.add(key);
        })
        .sort((a, b) => a.rank - b.rank);
      this.renew();
    },
    onAdd: function (map) {
      this._canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("labels"));
      map.on("moveend zoomend resize viewreset", this._draw, this);
      this.renew();
    },
    onRemove: function (map) {
      map.off("moveend zoomend resize viewreset", this._draw, this);
      this._canvas.remove();
    },
    drawn: 0,
    renew: function () {
      if (this._map && this._look) this._draw();
    },
    _draw: function () {
      if (!this._look) return;
      const map = this._map, size = map.getSize(), zoom = map.getZoom(), canvas = this._canvas;
      const dense = window.devicePixelRatio || 1, ctx = canvas.getContext("2d");
      canvas.width = size.x * dense;
      canvas.height = size.y * dense;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      ctx.scale(dense, dense);
      ctx.lineJoin = "round";
      ctx.textAlign = "center";
      const taken = [], marks = this._obstacles(map);
      this.drawn = 0;
      for (const place of this._places) {
        if (zoom < PLACE_FROM[place.rank - 1]) continue;
        const p = map.latLngToContainerPoint(place.at);
        if (p.x < -60 || p.y < -20 || p.x > size.x + 60 || p.y > size.y + 20) continue;
        ctx.font = PLACE_FONT[place.rank - 1] + FACE;
        const half = ctx.measureText(place.name).width / 2 + 5;
        const spot = seats(half, place.rank).find(([dx, dy]) => {
          const box = [p.x + dx - half, p.y + dy - 13, p.x + dx + half, p.y + dy + 5];
          return !taken.some((b) => overlap(b, box)) && !marks.some((m) => covers(m, box));
        });
        if (!spot) continue;
        const x = p.x + spot[0], y = p.y + spot[1];
        taken.push([x - half, y - 13, x + half, y + 5]);
        ctx.strokeStyle = this._look.earth;
        ctx.lineWidth = 3.5;
        ctx.strokeText(place.name, x, y);
        ctx.fillStyle = this._look.label;
        ctx.fillText(place.name, x, y);
        this.drawn += 1;
        const y0 = p.y + 3;
        if (marks.some((m) => covers(m, [p.x, y0, p.x, y0]))) continue;
        ctx.beginPath();
        ctx.arc(p.x, y0, place.rank < 3 ? 2.5 : 1.6, 0, 2 * Math.PI);
        ctx.fill();
      }
    },
  });

  // Where a name may stand around its place: above, below, beside; a larger place also farther off.
  function seats(half, rank) {
    const near = [[0, -4], [0, 19], [half + 4, 8], [-half - 4, 8]];
    const far = [[0, -18], [0, 33], [half + 16, 8], [-half - 16, 8], [0, -32], [0, 47], [0, -50], [0, 65]];
    return rank < 3 ? near.concat(far) : near;
  }

  function overlap(a, b) {
    return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];
  }

  // Whether a disc [x, y, radius] reaches into a box.
  function covers(m, box) {
    const dx = m[0] - Math.max(box[0], Math.min(m[0], box[2]));
    const dy = m[1] - Math.max(box[1], Math.min(m[1], box[3]));
    return dx * dx + dy * dy < m[2] * m[2];
  }

  window.fairvisit = { Numbered: Numbered, House: House, Labels: Labels, face: FACE };
})();
