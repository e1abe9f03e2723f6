// How a base map is drawn, whatever schema its tiles have: our own (words of OpenStreetMap in
// "kind"), Protomaps (also the older one with "pmap:kind"), OpenMapTiles. No rule draws a boundary,
// and no name of a country or province is set: such lines and names are regulated, and of no use
// to somebody who drives from village to village.
"use strict";

(function () {
  const LAND = {
    forest: ["forest", "wood", "nature_reserve", "tree"],
    field: [
      "farmland", "farm", "farmyard", "meadow", "grass", "grassland", "orchard", "vineyard", "scrub",
      "heath", "crop", "allotments", "greenhouse_horticulture", "plant_nursery",
    ],
    park: ["park", "garden", "golf_course", "pitch", "recreation_ground", "cemetery", "playground", "village_green"],
    built: [
      "residential", "industrial", "commercial", "retail", "urban_area", "suburb", "neighbourhood",
      "hospital", "school", "university", "college", "railway", "quarry",
    ],
    ice: ["glacier", "ice"],
  };
  const ROADS = [
    ["motorway", "trunk", "highway"],
    ["primary", "major_road"],
    ["secondary", "medium_road"],
    ["tertiary"],
    ["residential", "unclassified", "living_street", "road", "minor", "minor_road", "service", "busway"],
    ["track", "path", "footway", "cycleway", "bridleway", "pedestrian", "steps", "other"],
  ];
  const RAIL = ["rail", "railway", "light_rail", "narrow_gauge"];
  const LANES = 5;
  // Zoom from which a class of road is drawn, its width at zoom 13 and how it grows.
  const FROM = [5, 7, 8, 10, 12, 13];
  const WIDTH = [4.6, 4, 3.2, 2.6, 1.9, 1];
  const PLACES = [
    ["city"],
    ["town", "county", "district", "borough", "municipality"],
    ["village", "suburb", "township", "quarter"],
    ["hamlet", "neighbourhood", "isolated_dwelling", "farm", "locality"],
  ];

  function first(props, keys) {
    for (const key of keys) if (typeof props[key] === "string" && props[key]) return props[key];
    return "";
  }

  const kinds = new Map(); // word -> kind of land
  for (const kind of Object.keys(LAND)) for (const word of LAND[kind]) kinds.set(word, kind);
  const classes = new Map(); // word -> class of road
  ROADS.forEach((words, rank) => words.forEach((word) => classes.set(word, rank)));
  const ranks = new Map(); // word -> rank of a place
  PLACES.forEach((words, rank) => words.forEach((word) => ranks.set(word, rank + 1)));

  function land(props) {
    for (const key of ["kind", "pmap:kind", "subclass", "class", "landuse", "natural", "leisure"])
      if (kinds.has(props[key])) return kinds.get(props[key]);
    return "";
  }

  function isRail(props) {
    return RAIL.includes(first(props, ["kind", "pmap:kind", "class", "railway"]));
  }

  // 0 (motorway) to 5 (path), -1 for what is no road.
  function road(props) {
    if (isRail(props)) return -1;
    for (const key of ["kind_detail", "pmap:kind_detail", "highway", "class", "kind", "pmap:kind"]) {
      const word = String(props[key] || "").replace(/_link$|_construction$/, "");
      if (classes.has(word)) return classes.get(word);
    }
    return -1;
  }

  // 1 (city) to 4 (hamlet), 0 for what gets no name here: countries, provinces, seas.
  function place(props) {
    const whole = first(props, ["kind", "pmap:kind", "class"]);
    if (["country", "state", "region", "province", "continent"].includes(whole)) return 0;
    for (const key of ["kind_detail", "pmap:kind_detail", "place", "class", "kind", "pmap:kind"])
      if (ranks.has(props[key])) return ranks.get(props[key]);
    return 0;
  }

  // The keys under which a name is looked for, best first.
  function names(language) {
    return language.startsWith("zh")
      ? ["name:zh-Hans", "name:zh", "name", "name:latin", "name:en"]
      : ["name:en", "name:latin", "name", "name:zh"];
  }

  function width(rank, zoom) {
    return Math.max(rank > 3 ? 0.5 : 0.8, WIDTH[rank] * Math.pow(1.38, zoom - 13));
  }

  function line(layer, color, wide, more) {
    return {
      dataLayer: layer,
      symbolizer: new protomapsL.LineSymbolizer({
        color: color, width: wide, lineCap: "round", lineJoin: "round", ...(more || {}),
      }),
    };
  }

  function roads(layer, look) {
    const rules = [];
    const of = (rank) => (_zoom, f) => f.geomType === 2 && road(f.props) === rank;
    const path = line(layer, look.path, (z) => width(LANES, z) * 0.9, { dash: [4, 3], dashColor: look.path, lineCap: "butt" });
    rules.push({ ...path, minzoom: FROM[LANES], filter: of(LANES) });
    for (let rank = 4; rank >= 0; rank -= 1)
      rules.push({
        ...line(layer, look.casings[rank], (z) => width(rank, z) + (z < 10 ? 0.8 : 1.6)),
        minzoom: Math.max(FROM[rank], rank > 2 ? 12 : 7), filter: of(rank),
      });
    for (let rank = 4; rank >= 0; rank -= 1)
      rules.push({
        ...line(layer, (z) => (rank > 2 && z < 12 && !look.dark ? look.casings[rank] : look.fills[rank]), (z) => width(rank, z)),
        minzoom: FROM[rank], filter: of(rank),
      });
    rules.push({
      ...line(layer, look.rail, (z) => Math.max(0.8, Math.pow(1.25, z - 13)), { lineCap: "butt" }),
      minzoom: 9, filter: (_zoom, f) => f.geomType === 2 && isRail(f.props),
    });
    return rules;
  }

  function paintRules(look) {
    const rules = [];
    const area = (layer, fill, filter, minzoom) =>
      rules.push({
        dataLayer: layer, minzoom: minzoom, filter: (zoom, f) => f.geomType === 3 && filter(f.props, zoom),
        symbolizer: new protomapsL.PolygonSymbolizer({ fill: fill }),
      });
    for (const kind of ["field", "park", "forest", "built", "ice"])
      for (const layer of ["landcover", "natural", "land", "landuse", "park"])
        area(layer, look[kind], (props) => (layer === "park" ? kind === "park" : land(props) === kind));
    area("water", look.water, () => true);
    for (const layer of ["waterway", "water", "physical_line"])
      rules.push({
        ...line(layer, look.water, (z) => Math.max(0.7, 1.7 * Math.pow(1.3, z - 12)), { perFeature: false }),
        filter: (zoom, f) => f.geomType === 2 && (zoom >= 12 || isRiver(f.props)),
      });
    area("buildings", look.building, () => true, 14);
    area("building", look.building, () => true, 14);
    for (const layer of ["roads", "transportation", "transit"]) rules.push(...roads(layer, look));
    return rules;
  }

  function isRiver(props) {
    return ["river", "canal"].includes(first(props, ["kind", "pmap:kind", "class", "waterway"]));
  }

  // Names along roads and rivers. Those of places are set by the board, clear of the stops.
  function labelRules(look, language) {
    const keys = names(language);
    const along = (layer, fill, filter, minzoom) => ({
      dataLayer: layer, minzoom: minzoom, filter: filter,
      symbolizer: new protomapsL.LineLabelSymbolizer({
        labelProps: keys, fill: fill, stroke: look.earth, width: 3, font: "12px" + fairvisit.face,
        position: 2,
      }),
    });
    const rules = [];
    for (const layer of ["roads", "transportation_name"])
      rules.push(
        along(layer, look.label, (zoom, f) => f.geomType === 2 && road(f.props) >= 0 && road(f.props) < 3, 14),
        along(layer, look.label, (zoom, f) => f.geomType === 2 && road(f.props) >= 3 && road(f.props) < LANES, 16),
      );
    for (const layer of ["waterway", "water", "physical_line"])
      rules.push(along(layer, look.stream, (zoom, f) => f.geomType === 2 && isRiver(f.props), 11));
    return rules;
  }

  window.fairvisit.style = { paintRules, labelRules, names, place, road, land, first };
})();
