// Selecting many at once: C draws a line around them with the mouse, E takes all that are in view.
"use strict";

(function () {
  function Lasso(board) {
    const map = board.map, box = map.getContainer();
    this.board = board;
    this.points = [];
    this.canvas = L.DomUtil.create("canvas", "lasso", box);
    this.canvas.width = box.clientWidth;
    this.canvas.height = box.clientHeight;
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.points = [spot(event)];
    });
    this.canvas.addEventListener("pointermove", (event) => {
      if (!this.points.length) return;
      this.points.push(spot(event));
      this.draw();
    });
    this.canvas.addEventListener("pointerup", () => this.close());
    board.busy = this;
    board.say(board.words.lasso);
  }

  function spot(event) {
    return [event.offsetX, event.offsetY];
  }

  Lasso.prototype = {
    draw: function () {
      const ctx = this.canvas.getContext("2d"), look = this.board.look;
      ctx.clearRect(0, 0, this.canvas.width, this.canvas.height);
      ctx.beginPath();
      this.points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.closePath();
      ctx.globalAlpha = 0.12;
      ctx.fillStyle = look.accent;
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.lineWidth = 2;
      ctx.setLineDash([6, 4]);
      ctx.strokeStyle = look.accent;
      ctx.stroke();
    },
    close: function () {
      const ring = this.points;
      this.cancel();
      if (ring.length > 2) this.board.onCatch(caught(this.board, (x, y) => encloses(ring, x, y)));
    },
    cancel: function () {
      this.canvas.remove();
      this.board.busy = null;
      this.board.say("");
    },
  };

  // Even-odd rule.
  function encloses(ring, x, y) {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i], [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
    return inside;
  }

  // Indexes of stops and dots whose pixel is inside.
  function caught(board, inside) {
    const found = [];
    for (const [index, mark] of board.marks) {
      const p = board.map.latLngToContainerPoint(mark.getLatLng());
      if (mark._map && inside(p.x, p.y)) found.push(index);
    }
    if (board.dots && board.dots._map) found.push(...board.dots.within(inside));
    return found.sort((a, b) => a - b);
  }

  window.fairvisit.lasso = (board) => {
    if (board.busy) board.busy.cancel();
    else new Lasso(board);
  };
  window.fairvisit.keys.c = window.fairvisit.lasso;
  window.fairvisit.keys.e = (board) => {
    const size = board.map.getSize();
    board.onCatch(caught(board, (x, y) => x >= 0 && y >= 0 && x <= size.x && y <= size.y));
  };
  window.fairvisit.buttons.push({ sign: "◌", word: "lasso_button", deed: window.fairvisit.lasso });
})();
