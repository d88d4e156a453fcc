// The time axis as a whole: what part of the time is shown, where cursor and marks are, what is selected.

const label_width_wide = 176, label_width_narrow = 84;
const overview_height = 26, axis_height = 24, lane_gap = 4;
const shortest_span = 2000;  // 2 ns

class Timeline {
  constructor(host, run, lanes, changed) {
    Object.assign(this, { host, run, lanes, changed });
    this.end = Math.max(run.end, shortest_span);
    this.cursor = null;
    this.pointer = null;
    this.marks = { a: null, b: null };
    this.selection = null;  // { lane, index }
    this.chosen = 0;        // the lane that the keyboard goes through
    this.rubber = null;     // what is dragged over: { from, to } in time
    this.svg = svg("svg", { role: "img", "aria-label": "Lanes over time" }, host);
    this.show_all();
    new ResizeObserver(() => this.draw_soon()).observe(host);
  }

  // ---- The shown part

  show_all() { this.show(-this.end * 0.01, this.end * 1.02); }

  // Never more than a little beyond the run, never less than a few nanoseconds.
  show(start, span) {
    this.span = Math.min(Math.max(span, shortest_span), this.end * 1.02);
    const beyond = this.span * 0.01;
    this.start = Math.min(Math.max(start, -beyond), Math.max(this.end + beyond - this.span, -beyond));
    this.host.dataset.start = String(Math.round(this.start));
    this.host.dataset.span = String(Math.round(this.span));
    this.draw_soon();
  }
  zoom(factor, around) {
    const span = Math.min(Math.max(this.span * factor, shortest_span), this.end * 1.02);
    this.show(around - (around - this.start) * span / this.span, span);
  }
  // Around the cursor when it is seen, else around the middle.
  zoom_at_cursor(factor) {
    const seen = this.cursor !== null && this.cursor >= this.start && this.cursor <= this.start + this.span;
    this.zoom(factor, seen ? this.cursor : this.start + this.span / 2);
  }
  move(share) { this.show(this.start + share * this.span, this.span); }
  fit(span) {
    const length = Math.max(span.end - span.start, shortest_span);
    this.show(span.start - length * 0.1, length * 1.2);
  }
  // Brings a time into view without zooming.
  reveal(time) {
    if (time < this.start || time > this.start + this.span) this.show(time - this.span / 2, this.span);
  }

  // ---- Cursor, marks, selection

  set_cursor(time) {
    this.cursor = time === null ? null : Math.round(time);
    this.draw_soon();
  }
  set_mark(name) {
    const time = this.cursor ?? this.pointer;
    if (time === null) return;
    this.marks[name] = Math.round(time);
    this.draw_soon();
  }
  select(lane, index) {
    this.selection = index < 0 ? null : { lane, index };
    this.chosen = this.lanes.indexOf(lane);
    this.draw_soon();
  }
  selected_item() { return this.selection && this.selection.lane.items[this.selection.index]; }
  clear() {
    this.cursor = this.marks.a = this.marks.b = this.selection = null;
    this.draw_soon();
  }
  choose_lane(step) {
    this.chosen = Math.min(Math.max(this.chosen + step, 0), this.lanes.length - 1);
    const lane = this.lanes[this.chosen];
    this.select(lane, lane.items.length === 0 ? -1 : lane.find(this.cursor ?? this.start + this.span / 2, this.span));
  }
  go_through_lane(step) {
    const lane = this.lanes[this.chosen];
    if (lane.items.length === 0) return;
    let index;
    if (this.selection && this.selection.lane === lane) index = this.selection.index + step;
    else index = first_after(lane.items, this.cursor ?? this.start) - (step > 0 ? 0 : 1);
    index = Math.min(Math.max(index, 0), lane.items.length - 1);
    this.select(lane, index);
    this.set_cursor(lane.items[index].start);
    this.reveal(this.cursor);
  }

  // ---- Places

  lane_at(y) { return this.lanes.find((lane) => y >= lane.top && y < lane.top + lane.height + lane_gap); }
  in_overview(y) { return y < overview_height; }
  time_at(x) { return this.view.time(x); }
  // An edge or end of what is in this lane, when one is within a few pixels.
  snapped(time, lane) {
    const reach = 7 / this.view.width * this.span;
    let best = time, distance = reach;
    for (const candidate of lane ? lane.near(time) : []) {
      if (Math.abs(candidate - time) < distance) {
        best = candidate;
        distance = Math.abs(candidate - time);
      }
    }
    return best;
  }

  // ---- The picture

  draw_soon() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
      this.changed();
    });
  }
  draw() {
    const width = this.host.clientWidth;
    if (width === 0) return;
    const left = width < 640 ? label_width_narrow : label_width_wide;
    this.view = new View(this.start, this.span, left, width - left);
    this.overview = new View(-this.end * 0.01, this.end * 1.02, left, width - left);
    let top = overview_height + axis_height;
    for (const lane of this.lanes) {
      lane.top = top;
      top += lane.height + 2 * lane_gap;
    }
    this.height = top;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${top}`);
    this.svg.setAttribute("height", top);
    this.svg.replaceChildren();
    const clip = svg("clipPath", { id: "plot" }, this.svg);
    svg("rect", { x: left, y: 0, width: width - left, height: top }, clip);
    this.draw_overview();
    this.lanes.forEach((lane, index) => this.draw_background(lane, index, width));
    this.draw_axis();
    for (const lane of this.lanes) this.draw_lane(lane);
    this.draw_over();
  }
  draw_overview() {
    const group = svg("g", { class: "overview", "clip-path": "url(#plot)" }, this.svg);
    write(this.svg, 8, 17, "whole run", "note");
    const { overview } = this;
    const lane = (kind) => this.lanes.filter((each) => each.kind === kind);
    for (const cpu of lane("cpu")) draw_load(group, cpu.items, overview, 2, 8, this.run.end);
    for (const dma of lane("dma"))
      draw_bars(group, dma.transfers ?? [], overview, dma.direction === "out" ? 12 : 16, 3, () => dma.direction, () => []);
    for (const spi of lane("spi")) draw_bars(group, spi.items, overview, 20, 3, (item) => item.phase, () => []);
    const from = overview.x(this.start), to = overview.x(this.start + this.span);
    svg("rect", {
      x: Math.min(from, overview.right - 3), y: 0.5, width: Math.max(to - from, 3), height: overview_height - 1,
      class: "window",
    }, group);
  }
  draw_axis() {
    const { view } = this;
    const group = svg("g", { class: "axis" }, this.svg);
    const y = overview_height;
    svg("line", { x1: 0, x2: view.right, y1: y, y2: y }, group);
    svg("line", { x1: 0, x2: view.right, y1: y + axis_height, y2: y + axis_height }, group);
    const step = axis_step(this.span / Math.max(2, view.width / 110));
    // Where times have many digits that all lines share, these stand at the left and the lines tell the rest.
    const base = this.start / step > 1e4 ? Math.floor(this.start / (step * 100)) * step * 100 : 0;
    if (base > 0) write(group, 8, y + 16, `${axis_text(base, step * 100)} +`, "base");
    for (let line = Math.max(0, Math.ceil(this.start / step)); line * step <= view.end; line += 1) {
      const time = line * step;
      if (time > this.end * 1.0000001) break;
      const x = view.x(time);
      svg("line", { x1: x, x2: x, y1: y + axis_height - 5, y2: this.height, "stroke-opacity": 0.7 }, group);
      const side = x - view.left < 24 ? "start" : view.right - x < 24 ? "end" : "middle";
      write(group, x, y + 15, axis_text(time - base, step), "tick", { "text-anchor": side });
    }
  }
  draw_background(lane, index, width) {
    const chosen = index === this.chosen && this.has_focus();
    svg("rect", {
      x: 0, y: lane.top, width, height: lane.height + 2 * lane_gap,
      class: `background ${chosen ? "chosen" : index % 2 ? "odd" : "even"}`,
    }, this.svg);
  }
  draw_lane(lane) {
    const { view } = this;
    const group = svg("g", {
      class: "lane", "data-lane": lane.name, "data-kind": lane.kind, "data-items": lane.items.length,
    }, this.svg);
    const narrow = view.left < label_width_wide;
    const middle = lane.top + lane_gap + lane.height / 2;
    // Two lines where there is no place for two columns; what does not fit there is left out.
    const below = narrow && lane.note && text_width(lane.note) < view.left - 8;
    write(group, 8, middle + (below ? -1 : 4), lane.name, "name");
    if (lane.note) {
      if (below) write(group, 8, middle + 11, lane.note, "note");
      else if (!narrow) write(group, view.left - 8, middle + 4, lane.note, "note", { "text-anchor": "end" });
    }
    const plot = svg("g", { class: "plot", "clip-path": "url(#plot)" }, group);
    const beyond = (from, to) => {
      if (to <= from) return;
      svg("rect", { x: from, y: lane.top, width: to - from, height: lane.height + 2 * lane_gap, class: "beyond" }, plot);
    };
    beyond(view.left, view.clamped(0));
    beyond(view.clamped(this.run.end), view.right);
    if (lane.items.length === 0 && lane.empty_text)
      write(plot, view.left + 8, middle + 4, lane.empty_text, "empty");
    lane.draw(plot, view, lane.top + lane_gap);
  }
  draw_over() {
    const { view } = this;
    const over = svg("g", { class: "over", "clip-path": "url(#plot)" }, this.svg);
    const top = overview_height, bottom = this.height;
    const line = (time, type) => {
      const x = view.x(time);
      svg("line", { x1: x, x2: x, y1: top, y2: bottom, class: type }, over);
      return x;
    };
    for (const lane of this.lanes) if (lane.draw_lines) lane.draw_lines(over, view, lane.top + lane.height, bottom);
    const item = this.selected_item();
    if (item) {
      const { lane } = this.selection;
      const from = view.clamped(item.start), to = view.clamped(item.end);
      svg("rect", {
        x: from - 2, y: lane.top + 2, width: Math.max(to - from, 1) + 4, height: lane.height + 2 * lane_gap - 4,
        class: "selected",
      }, over);
    }
    const { a, b } = this.marks;
    if (a !== null && b !== null) {
      const from = view.clamped(Math.min(a, b)), to = view.clamped(Math.max(a, b));
      svg("rect", { x: from, y: top, width: to - from, height: bottom - top, class: "between" }, over);
    }
    for (const [name, time] of Object.entries(this.marks)) {
      if (time === null) continue;
      const x = line(time, "mark-line");
      svg("rect", { x, y: top, width: 14, height: 13, class: "mark-flag" }, over);
      write(over, x + 3.5, top + 10.5, name.toUpperCase(), "mark-flag-text");
    }
    if (this.cursor !== null) line(this.cursor, "cursor-line");
    if (this.pointer !== null) line(this.pointer, "pointer-line");
    if (this.rubber) {
      const from = view.clamped(Math.min(this.rubber.from, this.rubber.to));
      const to = view.clamped(Math.max(this.rubber.from, this.rubber.to));
      svg("rect", { x: from, y: top, width: to - from, height: bottom - top, class: "rubber" }, over);
    }
  }
  has_focus() { return document.activeElement === this.host; }
}
