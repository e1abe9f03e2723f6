// The map in the application's window: messages carry "layer X has revision N", data are fetched.
"use strict";

(function () {
  const board = window.fairvisit.board;
  const newest = {}; // layer -> newest revision told
  let queue = Promise.resolve(); // layers are drawn in the order in which they were announced
  board.hidden.add("heat"); // by choice only

  async function load(layer, revision) {
    if (newest[layer] !== revision) return; // a later one is already announced
    const answer = await fetch("/data/" + layer + "?rev=" + revision);
    if (!answer.ok) return;
    const content = await answer.json();
    if (layer === "look") board.setLook(content);
    else board.setLayer(layer, content);
  }

  // Settles when no tile is on its way and what was drawn has reached the screen.
  async function drawn() {
    const tiles = Object.values(board.groups).flatMap((group) => (group.getLayers ? group.getLayers() : []));
    const coming = () => tiles.some((layer) => layer._map && layer.isLoading && layer.isLoading());
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let calm = 0; calm < 4; ) {
      await new Promise((done) => setTimeout(done, 100)); // tiles fade in, names follow them
      await frame();
      calm = coming() ? 0 : calm + 1;
    }
  }

  new QWebChannel(qt.webChannelTransport, function (channel) {
    const bridge = channel.objects.bridge;
    bridge.changed.connect((layer, revision) => {
      newest[layer] = revision;
      queue = queue.then(() => load(layer, revision)).finally(() => bridge.drawn(layer, revision));
    });
    bridge.chosen.connect((index) => {
      queue = queue.then(() => board.select(index));
    });
    bridge.fit.connect((crew) => {
      queue = queue.then(() => board.fit(crew));
    });
    bridge.place.connect((on) => {
      queue = queue.then(() => window.fairvisit.place(board, on));
    });
    bridge.look.connect(() => {
      queue = queue.then(() => drawn()).finally(() => bridge.still());
    });
    bridge.aim.connect((lat, lon, zoom) => {
      queue = queue.then(() => board.map.setView([lat, lon], zoom, { animate: false }));
    });
    board.onPick = (index) => bridge.picked(index);
    board.onCatch = (indexes) => bridge.caught(JSON.stringify(indexes));
    board.onPlace = (lat, lon) => bridge.placed(lat, lon);
    board.onPin = (index, lat, lon) =>
      Number.isNaN(lat) ? bridge.pinPicked(index) : bridge.pinMoved(index, lat, lon);
    bridge.ready();
  });
})();
