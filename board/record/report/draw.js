// Pieces of the picture.

const svg_space = "http://www.w3.org/2000/svg";

function svg(name, attributes, parent) {
  const element = document.createElementNS(svg_space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (parent) parent.append(element);
  return element;
}

function write(parent, x, y, text, type, more = {}) {
  const element = svg("text", { x, y, class: type, ...more }, parent);
  element.textContent = text;
  return element;
}

// How wide a text of 11 pixels will be, near enough to decide whether it fits.
function text_width(text) {
  return text.length * 6.2;
}

// As much of a text as fits.
function cut(text, width) {
  if (text_width(text) <= width) return text;
  const letters = Math.floor(width / 6.2) - 1;
  return letters < 2 ? "" : `${text.slice(0, letters)}…`;
}

// The longest of the wordings that fits; nothing when none does.
function fitting(wordings, width) {
  return wordings.find((text) => text !== "" && text_width(text) <= width);
}

// A part of the time, on a part of the width.
class View {
  constructor(start, span, left, width) {
    Object.assign(this, { start, span, left, width });
  }
  get end() { return this.start + this.span; }
  get right() { return this.left + this.width; }
  x(time) { return this.left + (time - this.start) / this.span * this.width; }
  time(x) { return this.start + (x - this.left) / this.width * this.span; }
  // Within a pixel of what is seen: far coordinates are cut, as browsers draw them badly.
  clamped(time) { return Math.min(Math.max(this.x(time), this.left - 1), this.right + 1); }
}

// The visible ones of the items, with their place; what is closer together than a pixel comes as one run.
function visible_runs(items, view) {
  const runs = [];
  let run = null;
  for (const item of items) {
    if (item.start > view.end) break;
    if (item.end < view.start) continue;
    const from = view.clamped(item.start), to = view.clamped(item.end);
    const count = item.merged ? item.count : 1;
    const tiny = to - from < 3;
    if (run && run.tiny && tiny && from - run.to < 1) {
      run.to = Math.max(run.to, to);
      run.count += count;
      continue;
    }
    run = { from, to, item, count, tiny };
    runs.push(run);
  }
  return runs;
}

// Bars in one row. `type` gives an item's class, `wordings` its labels from the longest to the shortest.
function draw_bars(group, items, view, y, height, type, wordings) {
  for (const run of visible_runs(items, view)) {
    const many = run.count > 1;
    const width = Math.max(run.to - run.from, 1);
    const gap = width > 4 ? 0.5 : 0;
    const kind = run.item.merged ? "merged" : type(run.item);
    svg("rect", { x: run.from, y, width: width - gap, height, class: `bar ${kind}` }, group);
    const from = Math.max(run.from, view.left), room = Math.min(run.to, view.right) - from - 6;
    if (room < 8) continue;
    const label = fitting(many ? [`${grouped(run.count)} ×`] : wordings(run.item, room), room);
    if (label) write(group, from + 3, y + height / 2 + 4, label, "label");
  }
}

// A level over time. Edges that are closer than a pixel become a block.
function draw_level(group, lane, view, y, height) {
  const low = y + height, high = y;
  const level_y = (level) => (level ? high : low);
  let index = Math.max(0, first_after(lane.items, view.start) - 1);
  let level = lane.level_before(index);
  let path = `M${view.left} ${level_y(level)}`;
  let block = null;
  const end_block = () => {
    if (!block) return;
    svg("rect", {
      x: block.from, y: high, width: Math.max(block.to - block.from, 1), height,
      class: block.merged ? "dense merged" : "dense",
    }, group);
    path += `M${block.to.toFixed(2)} ${level_y(level)}`;
    block = null;
  };
  for (; index < lane.items.length && lane.items[index].start <= view.end; index += 1) {
    const item = lane.items[index];
    const next = lane.items[index + 1];
    const from = view.clamped(item.start), to = view.clamped(item.end);
    const close = next !== undefined && view.x(next.start) - view.x(item.end) < 1.5;
    if (!item.merged && !block && !close) {
      level = !level;
      path += `H${from.toFixed(2)}V${level_y(level)}`;
      continue;
    }
    if (block && block.merged !== Boolean(item.merged)) end_block();
    if (!block) {
      path += `H${from.toFixed(2)}`;
      block = { from, to, merged: Boolean(item.merged) };
    }
    block.to = Math.max(block.to, to);
    if ((item.merged ? item.count : 1) % 2 === 1) level = !level;
    if (!close) end_block();
  }
  end_block();
  path += `H${view.right}`;
  svg("path", { d: path, class: "wave" }, group);
}

// How busy the CPU is: the height of the curve is the share of each pixel's time outside of wfi.
function draw_load(group, items, view, y, height, run_end) {
  const columns = Math.ceil(view.width);
  const asleep = new Float64Array(columns);
  // Before and after the run the CPU is not at work either.
  const outside = [{ start: view.start - view.span, end: 0 }, { start: run_end, end: run_end + view.span }];
  for (const item of [outside[0], ...items, outside[1]]) {
    if (item.start > view.end) break;
    if (item.end < view.start || item.end <= item.start) continue;
    const share = item.merged ? item.covered / (item.end - item.start) : 1;
    const from = Math.max(view.x(item.start) - view.left, 0);
    const to = Math.min(view.x(item.end) - view.left, columns);
    for (let column = Math.floor(from); column < Math.min(Math.ceil(to), columns); column += 1)
      asleep[column] += share * (Math.min(to, column + 1) - Math.max(from, column));
  }
  const first = Math.max(0, Math.floor(view.x(0) - view.left));
  const last = Math.min(columns, Math.ceil(view.x(run_end) - view.left));
  if (last <= first) return;
  svg("rect", { x: view.left + first, y, width: last - first, height, class: "asleep" }, group);
  let path = `M${view.left + first} ${y + height}`;
  let before = null;
  for (let column = first; column < last; column += 1) {
    const top = (y + height * Math.min(1, asleep[column])).toFixed(1);
    if (top !== before) path += `${before === null ? "V" : `H${view.left + column}V`}${top}`;
    before = top;
  }
  svg("path", { d: `${path}H${view.left + last}V${y + height}Z`, class: "busy" }, group);
}
