// The map itself, the same in the window and in exported files: ground, crews, stops, selection.
// Colours and words come from outside (look, words). Text only ever becomes text, never markup.
"use strict";

(function () {
  const ROAD_WIDTH = [3.2, 2.6, 1.9, 1.1];
  const ROAD_FROM = [0, 0, 8, 10.5]; // zoom from which a road class is drawn

  const { Numbered, House, Labels } = window.fairvisit;

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
      if (name === "ground" && window.fairvisit.settleGround) window.fairvisit.settleGround(this);
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
  Object.assign(window.fairvisit, {
    words: words,
    layers: {},
    keys: {},
    buttons: [],
    start: function (map) {
      window.fairvisit.board = new Board(map);
    },
  });
})();
