// The map itself, the same in the window and in exported files: ground, crews, stops, selection.
// Colours and words come from outside (look, words). Text only ever becomes text, never markup.
"use strict";

(function () {
  const ROAD_WIDTH = [3.2, 2.6, 1.9, 1.1];
  const ROAD_FROM = [0, 0, 8, 10.5]; // zoom from which a road class is drawn
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

  function Board(map) {
    this.map = map;
    this.look = null;
    this.words = {};
    this.data = {};
    this.chosen = -1;
    this.marks = new Map(); // index -> its layer
    this.onPick = function () {};
    for (const [name, z] of [["base", 210], ["ground", 350], ["dots", 390], ["labels", 450]]) {
      map.createPane(name).style.zIndex = z;
      map.getPane(name).style.pointerEvents = "none";
    }
    this.under = L.canvas({ pane: "ground", padding: 0.3 });
    this.over = L.canvas({ padding: 0.3, tolerance: 4 });
    this.groups = {};
    this.hidden = new Set(); // layers that are not to be seen
    this.thanks = []; // whose data the base maps are
    this.labels = new Labels((on) => this._obstacles(on)).addTo(map);
    map.on("zoomend", this._zoomed, this);
    map.on("click", (event) => {
      if (this.placing) window.fairvisit.placeAt(this, event.containerPoint);
      else this._pick(this.dots && this.dots._map ? this.dots.hit(event.containerPoint) : -1);
    });
    // What was fitted into the view stays so in another size, until somebody moves the map.
    map.on("movestart zoomstart", () => {
      if (!this.fitting) this.fitted = false;
    });
    map.on("resize", () => {
      if (this.fitted) this.fit(this.only);
    });
    document.addEventListener("keydown", (event) => this._key(event));
  }

  Board.prototype = {
    setLook: function (look) {
      this.look = look;
      this.words = look.words || this.words;
      const root = document.documentElement;
      root.style.setProperty("--earth", look.earth);
      root.style.setProperty("--label", look.label);
      root.style.setProperty("--accent", look.accent);
      root.style.colorScheme = look.dark ? "dark" : "light";
      this.labels.setLook(look);
      this._controls();
      for (const name of Object.keys(this.data)) this.setLayer(name, this.data[name]);
    },

    // Show or hide a layer; "names" are those of places.
    show: function (name, seen) {
      if (seen) this.hidden.delete(name);
      else this.hidden.add(name);
      const group = name === "names" ? this.labels : this.groups[name];
      if (group && seen) group.addTo(this.map);
      else if (group) group.remove();
      if (name === "ground") this._sketchNames();
      this._order();
      if (name === "ground") this._note();
    },

    setLayer: function (name, collection) {
      this.data[name] = collection;
      if (!this.look) return;
      if (this.groups[name]) this.groups[name].remove();
      const build = {
        ground: this._ground, areas: this._areas, routes: this._routes, homes: this._homes,
      };
      const made = window.fairvisit.layers[name];
      const group = made ? made(this, collection) : (build[name] || this._points).call(this, collection);
      this.groups[name] = group;
      if (!this.hidden.has(name)) group.addTo(this.map);
      this._order();
      if (name === "stops" || name === "homes") this.labels.renew();
    },

    _sketchNames: function () {
      this.labels.setPlaces("ground", this.hidden.has("ground") ? null : this.places || []);
    },

    // What names of places keep clear of: numbered stops and the homes of crews.
    _obstacles: function (map) {
      const size = this._radius() + 2;
      return ["stops", "homes"].flatMap((name) =>
        (this.data[name] || { features: [] }).features.map((feature) => {
          const p = map.latLngToContainerPoint(at(feature));
          return [p.x, p.y, size];
        }),
      );
    },

    _ground: function (collection) {
      const group = L.layerGroup(), places = [], look = this.look;
      this.roads = [];
      for (const feature of collection.features) {
        const facts = feature.properties, points = feature.geometry.coordinates;
        if (facts.kind === "place") {
          places.push({ at: [points[1], points[0]], name: facts.name, rank: facts.rank });
          continue;
        }
        if (!points.length) continue;
        const way = L.GeoJSON.coordsToLatLngs(points, 1);
        const style = { renderer: this.under, interactive: false, smoothFactor: 1.2 };
        if (facts.kind === "lake") {
          const area = way.map((ring) => [ring]);
          L.polygon(area, { ...style, stroke: false, fillColor: look.water, fillOpacity: 1 }).addTo(group);
        } else {
          const rank = facts.rank - 1, river = facts.kind === "river";
          const line = L.polyline(way, {
            ...style,
            color: river ? look.water : look.roads[rank],
            weight: river ? 2 : ROAD_WIDTH[rank],
          });
          if (river) line.addTo(group);
          else this.roads.push({ line: line, rank: rank });
        }
      }
      this.roads.reverse(); // lanes first: main roads lie above them
      this.roadGroup = group;
      this.places = places;
      this._sketchNames();
      this.fictional = collection.fictional === true;
      this.bare = !places.length && collection.features.every((f) => !f.geometry.coordinates.length);
      this._note();
      this._zoomed();
      return group;
    },

    _zoomed: function () {
      const zoom = this.map.getZoom();
      let changed = false;
      for (const road of this.roads || []) {
        const shown = zoom >= ROAD_FROM[road.rank];
        if (shown === this.roadGroup.hasLayer(road.line)) continue;
        if (shown) this.roadGroup.addLayer(road.line);
        else this.roadGroup.removeLayer(road.line);
        changed = true;
      }
      if (changed) for (const road of this.roads) if (road.line._map) road.line.bringToFront();
      if (this.near !== (this.near = zoom >= 11))
        for (const mark of this.marks.values()) mark.setRadius(this._radius());
    },

    _radius: function () {
      return this.near ? 12 : 10;
    },

    // Outlines of areas: filled where a trip pays, broken where not.
    _areas: function (collection) {
      const group = L.layerGroup();
      this.areas = collection.features.map((feature) => {
        const way = L.GeoJSON.coordsToLatLngs(feature.geometry.coordinates);
        const shape = L.polygon(way, { renderer: this.over, interactive: false }).addTo(group);
        return { shape: shape, facts: feature.properties };
      });
      this._light();
      return group;
    },

    // The area of the chosen mark is bolder than the others.
    _light: function () {
      for (const { shape, facts } of this.areas || []) {
        const lit = facts.marks.includes(this.chosen), colour = this.look.crews[facts.crew].colour;
        shape.setStyle({
          color: lit ? this.look.accent : colour,
          weight: lit ? 3 : 2,
          dashArray: facts.solid ? null : lit ? [9, 9] : [6, 6],
          fillColor: colour,
          fillOpacity: lit ? 0.28 : facts.solid ? 0.14 : 0,
        });
      }
    },

    _routes: function (collection) {
      const group = L.layerGroup(), look = this.look;
      for (const feature of collection.features) {
        const crew = look.crews[feature.properties.crew];
        const way = once(feature.geometry.coordinates).map((part) => L.GeoJSON.coordsToLatLngs(part));
        const style = { renderer: this.over, interactive: false };
        L.polyline(way, { ...style, color: look.earth, weight: 6, opacity: 0.8 }).addTo(group);
        L.polyline(way, {
          ...style,
          color: crew.colour,
          weight: 3,
          dashArray: crew.dash.length ? crew.dash.map((part) => part * 3) : null,
        }).addTo(group);
      }
      return group;
    },

    _homes: function (collection) {
      const group = L.layerGroup(), look = this.look;
      for (const feature of collection.features) {
        const crew = look.crews[feature.properties.crew];
        const house = new House(at(feature), {
          renderer: this.over,
          radius: 10,
          weight: 2,
          fillColor: crew.colour,
          rim: look.earth,
        });
        house.bindTooltip(words([feature.properties.title]), { direction: "top" });
        house.addTo(group);
      }
      return group;
    },

    _points: function (collection) {
      const group = L.layerGroup(), look = this.look;
      for (const feature of collection.features) {
        const facts = feature.properties, crew = look.crews[facts.crew];
        const mark = new Numbered(at(feature), {
          n: facts.n, fillColor: crew.colour, ink: crew.ink, rim: look.earth, weight: 8,
          accent: look.accent, locked: facts.locked, crew: facts.crew, weak: facts.weak === true,
          renderer: this.over, radius: this._radius(), bubblingMouseEvents: false,
        });
        const lines = [facts.n + "  " + facts.title, facts.detail];
        if (facts.weak) lines.push(this.words.weak);
        mark.bindTooltip(words(lines), { direction: "top", offset: [0, -8] });
        mark.on("click", () => this._pick(facts.i));
        mark.addTo(group);
        this.marks.set(facts.i, mark);
      }
      this._forget();
      for (const feature of collection.features) this._dress(feature.properties.i);
      return group;
    },

    // Marks of a layer that has been replaced must not answer any more.
    _forget: function () {
      const alive = new Set(this.data.stops.features.map((f) => f.properties.i));
      for (const index of [...this.marks.keys()]) if (!alive.has(index)) this.marks.delete(index);
    },

    _order: function () {
      for (const name of ["heat", "areas", "routes", "homes", "stops"])
        if (this.groups[name]) this.groups[name].eachLayer((layer) => layer.bringToFront && layer.bringToFront());
      const mark = this.marks.get(this.chosen);
      if (mark && mark._map) mark.bringToFront();
    },

    _dress: function (index) {
      const mark = this.marks.get(index), chosen = index === this.chosen;
      if (!mark || !this.look) return;
      mark.options.chosen = chosen;
      mark.redraw();
    },

    select: function (index) {
      const before = this.chosen;
      this.chosen = index;
      this._dress(before);
      this._dress(index);
      if (this.look) this._light();
      if (this.dots) this.dots.choose(index);
      const mark = this.marks.get(index), spot = this.spot(index);
      if (mark && mark._map) mark.bringToFront();
      if (spot && !this.map.getBounds().pad(-0.05).contains(spot)) this.map.panTo(spot);
    },

    // Where the mark with an index is, or null.
    spot: function (index) {
      const mark = this.marks.get(index);
      return mark ? mark.getLatLng() : this.dots ? this.dots.spot(index) : null;
    },

    _pick: function (index) {
      this.onPick(index); // first: the list must not wait for the map
      this.select(index);
    },

    step: function (by) {
      const order = [...this.marks.keys(), ...(this.dots ? this.dots.indexes() : [])].sort((a, b) => a - b);
      if (!order.length) return;
      const place = order.indexOf(this.chosen);
      const next = place < 0 ? (by > 0 ? 0 : order.length - 1) : place + by;
      this._pick(order[(next + order.length) % order.length]);
    },

    // The whole plan, or one crew's round. `inset` keeps free what something else covers.
    fit: function (crew = -1) {
      const bounds = L.latLngBounds([]);
      this.only = crew;
      const planned = (this.data.stops || { features: [] }).features.length > 0;
      for (const name of ["stops", "homes", "areas", "routes"]) this._extend(bounds, name);
      if (!planned && this.dots) bounds.extend(this.dots.bounds());
      if (!planned && this.pins) bounds.extend(this.pins.bounds());
      if (!bounds.isValid())
        for (const road of this.roads || []) bounds.extend(road.line.getBounds());
      const inset = this.inset || { left: 0, bottom: 0 };
      this.fitting = true;
      if (bounds.isValid())
        this.map.fitBounds(bounds, {
          paddingTopLeft: [28 + inset.left, 28],
          paddingBottomRight: [56, 28 + inset.bottom],
          maxZoom: 15,
          animate: false,
        });
      this.fitting = false;
      this.fitted = true;
    },

    _extend: function (bounds, name) {
      for (const feature of (this.data[name] || { features: [] }).features) {
        if (this.only >= 0 && feature.properties.crew !== this.only) continue;
        const points = feature.geometry.coordinates;
        for (const p of feature.geometry.type === "Point" ? [points] : points) bounds.extend([p[1], p[0]]);
      }
    },

    _key: function (event) {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      const deed = {
        f: () => this.fit(), 0: () => this.fit(), n: () => this.step(1), "]": () => this.step(1),
        p: () => this.step(-1), "[": () => this.step(-1), Escape: () => this._let(),
      }[event.key];
      const more = window.fairvisit.keys[event.key];
      if (deed) deed();
      else if (more) more(this, event);
    },

    // Esc: first what is under way on the map, then what is chosen.
    _let: function () {
      if (this.busy) this.busy.cancel();
      else this._pick(-1);
    },

    // One line about what a mode waits for.
    say: function (text) {
      window.fairvisit.say(this, text || "");
    },

    // One word for a map of invented places, instead of one behind each name; or for an empty one.
    _note: function () {
      const lines = [...new Set(this.thanks)];
      if (this.fictional || this.invented) lines.unshift(this.words.fictional);
      else if (this.bare && !this.based) lines.unshift(this.words.bare);
      const word = lines.filter((line) => line).join(" · ");
      if (this.note) this.note.remove();
      this.note = null;
      if (!word) return;
      this.note = L.control({ position: "bottomright" });
      this.note.onAdd = () => {
        const box = L.DomUtil.create("div", "note");
        box.textContent = word;
        return box;
      };
      this.note.addTo(this.map);
    },

    _controls: function () {
      if (this.bar) this.bar.remove();
      if (this.scale) this.scale.remove();
      this.scale = L.control.scale({ imperial: false, maxWidth: 120 }).addTo(this.map);
      const board = this, say = this.words;
      const Bar = L.Control.extend({
        onAdd: function (map) {
          const box = L.DomUtil.create("div", "bar");
          L.DomEvent.disableClickPropagation(box);
          const add = (sign, word, deed) => {
            const button = L.DomUtil.create("button", "", box);
            button.type = "button";
            button.textContent = sign;
            button.title = word || "";
            button.setAttribute("aria-label", word || sign);
            button.addEventListener("click", deed);
          };
          add("+", say.zoom_in, () => map.zoomIn(1));
          add("−", say.zoom_out, () => map.zoomOut(1));
          add("⤢", say.fit, () => board.fit());
          for (const more of window.fairvisit.buttons) add(more.sign, say[more.word], () => more.deed(board));
          return box;
        },
      });
      this.bar = new Bar({ position: "topright" }).addTo(this.map);
      this.map.getContainer().setAttribute("aria-label", say.map || "");
      this.map.getContainer().setAttribute("role", "application");
    },
  };

  // A way without what it goes a second time: dashes over dashes would look like a full line.
  function once(points) {
    const seen = new Set(), parts = [];
    let open = false;
    for (let i = 1; i < points.length; i += 1) {
      const ends = [points[i - 1].join(), points[i].join()].sort().join(" ");
      if (seen.has(ends)) {
        open = false;
        continue;
      }
      seen.add(ends);
      if (open) parts[parts.length - 1].push(points[i]);
      else parts.push([points[i - 1], points[i]]);
      open = true;
    }
    return parts;
  }

  function at(feature) {
    return [feature.geometry.coordinates[1], feature.geometry.coordinates[0]];
  }

  // Lines of text as an element: hostile names stay text.
  function words(lines) {
    const box = document.createElement("div");
    for (const line of lines) {
      if (!line) continue;
      const row = document.createElement("div");
      row.textContent = line;
      box.append(row);
    }
    return box;
  }

  // What further scripts add: layers by name (board, content) -> Leaflet layer, keys, buttons.
  window.fairvisit = {
    words: words,
    face: FACE,
    layers: {},
    keys: {},
    buttons: [],
    start: function (map) {
      window.fairvisit.board = new Board(map);
    },
  };
})();
