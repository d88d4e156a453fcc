// The kinds of lanes: what each looks like and what it tells of what is in it.

function describe_merged(item, what) {
  return [
    ["from", exact_time(item.start)], ["to", exact_time(item.end)],
    ["count", grouped(item.count)],
    ...(item.covered ? [["together", duration_text(item.covered)]] : []),
    ["note", `${what} here are counted, not kept one by one`],
  ];
}

class Lane {
  constructor(data, height, what) {
    Object.assign(this, data);
    this.height = height;
    this.what = what;
  }
  get empty_text() { return `no ${this.what} in this run`; }
  // The items near a time: the shortest within `reach` of it, nothing when there is none.
  find(time, reach) {
    let best = -1;
    for (let index = 0; index < this.items.length; index += 1) {
      const item = this.items[index];
      if (item.start > time + reach) break;
      if (item.end < time - reach) continue;
      if (best < 0 || this.prefers(item, this.items[best], time)) best = index;
    }
    return best;
  }
  prefers(item, other, time) {
    const distance = (span) => Math.max(span.start - time, time - span.end, 0);
    return distance(item) - distance(other) || item.end - item.start < other.end - other.start;
  }
  // Times that a cursor snaps to.
  near(time) {
    const index = first_after(this.items, time);
    return this.items.slice(Math.max(0, index - 3), index + 2).flatMap((item) => [item.start, item.end]);
  }
  time_rows(item, first = "from", last = "to") {
    return [[first, exact_time(item.start)], [last, exact_time(item.end)],
      ["for", duration_text(item.end - item.start)]];
  }
  describe(item) {
    return item.merged ? { title: `${this.name}: ${grouped(item.count)} ${this.what}`, rows: describe_merged(item, this.what) }
      : this.describe_one(item);
  }
}

class CpuLane extends Lane {
  constructor(data, run_end) {
    super(data, 30, "sleep of the CPU");
    this.run_end = run_end;
    this.note = "at work, asleep";
  }
  get empty_text() { return ""; }
  draw(group, view, y) {
    draw_load(group, this.items, view, y, this.height, this.run_end);
    for (const run of visible_runs(this.items, view)) {
      const from = Math.max(run.from, view.left), room = Math.min(run.to, view.right) - from - 8;
      const label = !run.item.merged && run.count === 1
        && fitting([`asleep ${duration_text(run.item.end - run.item.start)}`, "asleep"], room);
      if (label) write(group, from + 4, y + this.height / 2 + 4, label, "quiet");
    }
    this.label_work(group, view, y);
  }
  // Where the CPU is at work for long enough to be told.
  label_work(group, view, y) {
    let start = 0;
    for (const item of [...this.items, { start: this.run_end, end: this.run_end }]) {
      if (item.start > start && item.start > view.start && start < view.end) {
        const from = Math.max(view.x(start), view.left), room = Math.min(view.x(item.start), view.right) - from - 8;
        const label = fitting([`at work ${duration_text(item.start - start)}`, "at work"], room);
        if (label) write(group, from + 4, y + this.height / 2 + 4, label, "label");
      }
      start = Math.max(start, item.end);
      if (start > view.end) break;
    }
  }
  describe_one(item) { return { title: "CPU asleep in wfi", rows: this.time_rows(item) }; }
}

class InterruptLane extends Lane {
  constructor(data) {
    super(data, 22, "interrupts");
    this.note = "handlers";
  }
  source(item) { return item.source || "no source known"; }
  draw(group, view, y) {
    draw_bars(group, this.items, view, y, this.height, () => "interrupt",
      (item) => [`${item.source} (line ${item.line})`, item.source, String(item.line)]);
  }
  describe_one(item) {
    return {
      title: `Interrupt, line ${item.line}`,
      rows: [["source", this.source(item)], ...this.time_rows(item, "taken", "mret")],
    };
  }
}

class SpiLane extends Lane {
  constructor(data) {
    super(data, 22, "SPI phases");
    this.note = "phases";
  }
  draw(group, view, y) {
    draw_bars(group, this.items, view, y, this.height, (item) => item.phase,
      (item) => [`${item.phase} ${duration_text(item.end - item.start)}`, item.phase, item.phase[0]]);
  }
  describe_one(item) { return { title: `SPI2, phase ${item.phase}`, rows: this.time_rows(item) }; }
}

// Word 0 of a descriptor (technical reference manual, chapter 2).
function descriptor_fields(word) {
  return {
    size: word & 0xFFF, length: (word >>> 12) & 0xFFF,
    err_eof: (word >>> 28) & 1, suc_eof: (word >>> 30) & 1, owner: word >>> 31 ? "DMA" : "CPU",
  };
}

class DmaLane extends Lane {
  constructor(data) {
    super(data, 30, "descriptors");
    this.direction = data.name.endsWith("OUT") ? "out" : "in";
  }
  draw(group, view, y) {
    draw_bars(group, this.transfers, view, y, 5, () => this.direction, () => []);
    draw_bars(group, this.items, view, y + 8, this.height - 8,
      (item) => (item.closed === null ? `${this.direction} open` : this.direction),
      (item) => {
        const { size, length } = descriptor_fields(item.closed ?? item.word0);
        return [`${hex(item.address)}  ${length} of ${size} bytes`, `${length} of ${size}`, String(length)];
      });
  }
  describe_one(item) {
    const loaded = descriptor_fields(item.word0);
    const closed = item.closed === null ? null : descriptor_fields(item.closed);
    const change = (name) => (closed === null || closed[name] === loaded[name] ? String(loaded[name])
      : `${loaded[name]} → ${closed[name]}`);
    return {
      title: `${this.name}, descriptor ${hex(item.address)}`,
      rows: [
        ["loaded", exact_time(item.start)],
        [closed === null ? "left open at" : "closed", exact_time(item.end)],
        ["for", duration_text(item.end - item.start)],
        ...["owner", "size", "length", "suc_eof", "err_eof"].map((name) => [name, change(name)]),
        ["buffer", hex(item.buffer)], ["next", item.next === 0 ? "none" : hex(item.next)],
        ["moved", plural(item.moved, "byte", "bytes")],
        ...(item.moved === 0 ? [] : [["first bytes at", exact_time(item.start + item.first_byte)],
          ["last bytes at", exact_time(item.start + item.last_byte)]]),
        ...this.transfer_rows(item),
      ],
    };
  }
  transfer_rows(item) {
    const transfer = this.transfers.findLast((each) => each.start <= item.start);
    if (!transfer || transfer.merged) return [];
    return [["transfer started", exact_time(transfer.start)],
      ["transfer ended", transfer.ended ? `${exact_time(transfer.end)}, ${transfer.ended}` : "not in this run"]];
  }
}

class TextLane extends Lane {
  constructor(data) { super(data, 22, "text"); }
  draw(group, view, y) {
    draw_bars(group, this.items, view, y, this.height, () => "text",
      (item, room) => [cut(shown_text(item), room)]);
    this.draw_beside(group, view, y);
  }
  // A text that takes less time than width has its label beside it, as far as there is room before the next.
  draw_beside(group, view, y) {
    const runs = visible_runs(this.items, view);
    runs.forEach((run, index) => {
      if (run.from < view.left) return;
      const label = shown_text(run.item) + (run.count > 1 ? ` … (${grouped(run.count)})` : "");
      if (run.to - run.from > 30) return;
      const room = (runs[index + 1]?.from ?? view.right) - run.to - 8;
      write(group, run.to + 4, y + this.height / 2 + 4, cut(label, room), "beside");
    });
  }
  describe_one(item) {
    return {
      title: `${this.name} sent`,
      rows: [["text", shown_text(item)],
        ["first byte sent", exact_time(item.start)], ["last byte sent", exact_time(item.end)]],
    };
  }
}

function shown_text(item) {
  return item.text.endsWith("\n") ? `${item.text.slice(0, -1)}↵` : item.text;
}

class PinLane extends Lane {
  constructor(data) {
    super(data, 22, "edges");
    let level = Boolean(data.level);
    this.levels = this.items.map((item) => {
      if ((item.merged ? item.count : 1) % 2 === 1) level = !level;
      return level;
    });
  }
  // The level before an item, and after the last one.
  level_before(index) { return index === 0 ? Boolean(this.level) : this.levels[index - 1]; }
  draw(group, view, y) { draw_level(group, this, view, y, this.height); }
  // A level that lasts is looked at through the edge it began with.
  find(time, reach) {
    const near = super.find(time, reach);
    return near >= 0 ? near : first_after(this.items, time) - 1;
  }
  describe_one(item) {
    const index = this.items.indexOf(item);
    const next = this.items[index + 1], before = this.items[index - 1];
    return {
      title: `${this.name}${this.note ? ` (${this.note})` : ""} ${this.levels[index] ? "rises" : "falls"}`,
      rows: [["at", exact_time(item.start)],
        ...(before ? [["after", duration_text(item.start - before.end)]] : []),
        ...(next ? [[this.levels[index] ? "high for" : "low for", duration_text(next.start - item.start)]] : [])],
    };
  }
}

class MarkLane extends Lane {
  constructor(data) {
    super(data, 22, "resets, notices or findings");
    this.note = "resets, notices";
  }
  kind_class(item) {
    return ["reset", "notice", "exception"].includes(item.kind) ? item.kind : "finding";
  }
  draw(group, view, y) {
    const runs = visible_runs(this.items, view);
    runs.forEach((run, index) => {
      const x = (run.from + run.to) / 2, middle = y + this.height / 2;
      const kind = run.count > 1 && run.item.merged ? "merged" : this.kind_class(run.item);
      svg("path", { d: `M${x} ${middle - 6}l6 6l-6 6l-6 -6Z`, class: `mark ${kind}` }, group);
      const room = (runs[index + 1]?.from ?? view.right) - x - 20;
      const label = run.count > 1 ? `${grouped(run.count)} ×` : `${run.item.kind}: ${run.item.text}`;
      write(group, x + 9, middle + 4, cut(label, room), "beside");
    });
  }
  // Lines through all the other lanes.
  draw_lines(group, view, from, to) {
    for (const run of visible_runs(this.items, view)) {
      const x = (run.from + run.to) / 2;
      svg("line", { x1: x, x2: x, y1: from, y2: to, class: "event-line" }, group);
    }
  }
  describe_one(item) {
    return { title: item.kind, rows: [["at", exact_time(item.start)], ["what", item.text]] };
  }
}

function make_lanes(run) {
  const kinds = {
    marks: MarkLane, cpu: CpuLane, interrupts: InterruptLane, spi: SpiLane, dma: DmaLane, text: TextLane, pin: PinLane,
  };
  const lanes = run.lanes.map((data) => new kinds[data.kind](data, run.end));
  // What there usually is and is not here has a lane that says so.
  const absent = (kind, name, what) => {
    if (lanes.some((lane) => lane.kind === kind)) return [];
    return [new Lane({ kind, name, note: "", items: [], draw() {} }, 22, what)];
  };
  const of = (...names) => lanes.filter((lane) => names.includes(lane.kind));
  return [...of("marks", "cpu", "interrupts", "spi"), ...of("dma"), ...absent("dma", "DMA", "DMA transfer"),
    ...of("text"), ...absent("text", "Text", "text"), ...of("pin"), ...absent("pin", "Pins", "edge on any pin")];
}
