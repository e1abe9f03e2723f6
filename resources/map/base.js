// Base maps under everything else: vector tiles drawn here by resources/map/style.js, pictures as
// they are. All come from our own origin; a server of the user's choice only if the program says so.
"use strict";

(function () {
  const MOST_PLACES = 20000;

  // What protomaps-leaflet asks for tiles, in place of its own reader of archives.
  function source(pack, found) {
    return {
      getZxy: async function (z, x, y, signal) {
        if (z < pack.low || !overlaps(pack.bounds, z, x, y)) return undefined;
        const address = pack.address.replace("{z}", z).replace("{x}", x).replace("{y}", y);
        const answer = await fetch(address, { signal: signal });
        if (!answer.ok) return undefined;
        const data = await answer.arrayBuffer();
        found.next = [z, x, y];
        return data.byteLength ? { data: data } : undefined;
      },
    };
  }

  function overlaps([south, west, north, east], z, x, y) {
    const wide = Math.pow(2, z);
    return x / wide < share(east) && (x + 1) / wide > share(west) && y / wide < down(south) && (y + 1) / wide > down(north);
  }
  function share(lon) {
    return lon / 360 + 0.5;
  }
  function down(lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }

  // A pack drawn here; the names of its places go to the board, which keeps them clear of stops.
  function vector(board, pack, language) {
    const style = window.fairvisit.style, found = {};
    const layer = protomapsL.leafletLayer({
      url: source(pack, found), maxDataZoom: pack.high, attribution: "", noWrap: true,
      bounds: L.latLngBounds([pack.bounds[0], pack.bounds[1]], [pack.bounds[2], pack.bounds[3]]),
      paintRules: style.paintRules(board.look), labelRules: style.labelRules(board.look, language),
      lang: language, maxZoom: 18, pane: "base",
    });
    const places = new Map(), keys = style.names(language);
    const cache = layer.views.get("").tileCache, get = cache.source.get.bind(cache.source);
    let waiting = 0;
    cache.source.get = async function (tile, size) {
      const content = await get(tile, size);
      let more = false;
      for (const name of ["places", "place"])
        for (const feature of content.get(name) || []) more = keep(places, feature, tile, size, style, keys) || more;
      if (more && !waiting)
        waiting = setTimeout(() => {
          waiting = 0;
          if (layer._map) board.labels.setPlaces(pack.id, [...places.values()]);
        }, 60);
      return content;
    };
    layer.on("remove", () => board.labels.setPlaces(pack.id, null));
    layer.on("add", () => board.labels.setPlaces(pack.id, [...places.values()]));
    return layer;
  }

  function keep(places, feature, tile, size, style, keys) {
    const rank = style.place(feature.props), name = style.first(feature.props, keys);
    if (!rank || !name || feature.geomType !== 1 || places.size >= MOST_PLACES) return false;
    const spot = feature.geom[0][0], wide = Math.pow(2, tile.z);
    const lon = ((tile.x + spot.x / size) / wide) * 360 - 180;
    const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * (tile.y + spot.y / size)) / wide))) * 180) / Math.PI;
    const key = name + lat.toFixed(2) + lon.toFixed(2);
    if (places.has(key)) return false;
    places.set(key, { at: [lat, lon], name: name.slice(0, 60), rank: rank });
    return true;
  }

  function pictures(board, pack) {
    const layer = L.tileLayer(pack.address, {
      minNativeZoom: pack.low, maxNativeZoom: pack.high, maxZoom: 18, noWrap: true, attribution: "",
      bounds: L.latLngBounds([pack.bounds[0], pack.bounds[1]], [pack.bounds[2], pack.bounds[3]]),
      pane: "base", className: board.look.dark ? "picture dim" : "picture", referrerPolicy: "no-referrer",
    });
    return layer;
  }

  // {language, packs: [{id, address, vector, bounds, low, high, thanks, fictional}]}
  window.fairvisit.layers.base = function (board, content) {
    const group = L.layerGroup();
    for (const pack of content.packs)
      group.addLayer(pack.vector ? vector(board, pack, content.language) : pictures(board, pack));
    board.based = content.packs.length > 0;
    board.thanks = content.packs.map((pack) => pack.thanks);
    board.invented = content.packs.some((pack) => pack.fictional);
    board.packs = content.packs;
    window.fairvisit.settleGround(board);
    board._note();
    return group;
  };

  // The roads of imported layers lie under a base map only where it does not reach. Decided anew for
  // other packs or another ground, not for another look: what the user switched stays.
  window.fairvisit.settleGround = function (board) {
    const ground = board.data.ground, packs = board.packs;
    if (!ground || !packs) return;
    const about = JSON.stringify([packs.map((pack) => pack.id), ground.features.length]);
    if (about === board.settled) return;
    board.settled = about;
    const named = ground.features.filter((f) => f.properties.kind === "place").map((f) => f.geometry.coordinates);
    const lines = ground.features.filter((f) => f.properties.kind !== "place").flatMap((f) => f.geometry.coordinates);
    const places = named.length ? named : lines.filter((line) => line.length).map((line) => line[0]);
    const covers = (pack, [lon, lat]) =>
      lat >= pack.bounds[0] && lat <= pack.bounds[2] && lon >= pack.bounds[1] && lon <= pack.bounds[3];
    const bare = places.filter((place) => !packs.some((pack) => covers(pack, place)));
    const covered = packs.length > 0 && bare.length <= places.length * 0.1;
    board.show("ground", !covered);
  };
})();
