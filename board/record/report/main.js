// Pointer, wheel, touch, keys and buttons; what is written beside the picture.

function control(timeline, tip) {
  const { host } = timeline;
  const pointers = new Map();
  let drag = null;

  const place = (event) => {
    const box = timeline.svg.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const in_plot = (x) => x >= timeline.view.left;

  host.addEventListener("wheel", (event) => {
    const { x } = place(event);
    if (!in_plot(x)) return;
    event.preventDefault();
    // Lines and pages, as some mice count, are made pixels.
    const unit = [1, 16, 400][event.deltaMode];
    const sideways = event.deltaX * unit + (event.shiftKey ? event.deltaY * unit : 0);
    if (sideways !== 0 && Math.abs(sideways) >= Math.abs(event.shiftKey ? 0 : event.deltaY * unit))
      timeline.move(sideways / timeline.view.width);
    else
      timeline.zoom(2 ** (event.deltaY * unit / 240), timeline.time_at(x));
  }, { passive: false });

  host.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const { x, y } = place(event);
    host.focus({ preventScroll: true });
    pointers.set(event.pointerId, { x, y });
    host.setPointerCapture(event.pointerId);
    const two = pointers.size === 2 ? [...pointers.values()] : null;
    drag = {
      x, y, moved: false, start: timeline.start, span: timeline.span,
      what: two ? "pinch" : timeline.in_overview(y) ? "overview" : event.shiftKey ? "rubber" : "move",
      apart: two ? Math.max(20, Math.abs(two[0].x - two[1].x)) : 0,
      around: two ? timeline.time_at((two[0].x + two[1].x) / 2) : 0,
    };
    if (drag.what === "overview") go_to_overview(x);
  });

  const go_to_overview = (x) => {
    timeline.show(timeline.overview.time(x) - timeline.span / 2, timeline.span);
  };

  host.addEventListener("pointermove", (event) => {
    const { x, y } = place(event);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, { x, y });
    if (!drag) return hover(event, x, y);
    if (Math.abs(x - drag.x) > 4) drag.moved = true;
    if (drag.what === "pinch" && pointers.size === 2) {
      const [one, other] = pointers.values();
      const span = drag.span * drag.apart / Math.max(20, Math.abs(one.x - other.x));
      const middle = (one.x + other.x) / 2;
      timeline.show(drag.around - (middle - timeline.view.left) / timeline.view.width * span, span);
    } else if (drag.what === "overview") {
      go_to_overview(x);
    } else if (drag.what === "rubber") {
      timeline.rubber = { from: timeline.time_at(drag.x), to: timeline.time_at(x) };
      timeline.draw_soon();
    } else if (drag.what === "move" && drag.moved) {
      host.classList.add("dragging");
      timeline.pointer = null;
      tip.hidden = true;
      timeline.show(drag.start - (x - drag.x) / timeline.view.width * drag.span, drag.span);
    }
    return undefined;
  });

  const release = (event) => {
    pointers.delete(event.pointerId);
    if (!drag) return;
    const { what, moved } = drag;
    const { x, y } = place(event);
    if (what === "rubber" && moved && timeline.rubber) {
      const { from, to } = timeline.rubber;
      timeline.show(Math.min(from, to), Math.abs(to - from));
    } else if ((what === "move" || what === "rubber") && !moved && event.type === "pointerup" && in_plot(x)) {
      click(x, y);
    }
    timeline.rubber = null;
    if (pointers.size === 0) drag = null;
    host.classList.remove("dragging");
    timeline.draw_soon();
  };
  host.addEventListener("pointerup", release);
  host.addEventListener("pointercancel", release);
  host.addEventListener("pointerleave", () => {
    timeline.pointer = null;
    tip.hidden = true;
    timeline.draw_soon();
  });

  const reach = () => 5 / timeline.view.width * timeline.span;
  const click = (x, y) => {
    const lane = timeline.lane_at(y), time = timeline.time_at(x);
    timeline.set_cursor(timeline.snapped(time, lane));
    if (lane) timeline.select(lane, lane.find(time, reach()));
  };
  host.addEventListener("dblclick", (event) => {
    const { x } = place(event);
    if (!in_plot(x)) return;
    const item = timeline.selected_item();
    if (item && item.end > item.start) timeline.fit(item);
    else timeline.zoom(0.25, timeline.time_at(x));
  });

  const hover = (event, x, y) => {
    const lane = timeline.lane_at(y);
    if (!in_plot(x) || timeline.in_overview(y)) {
      timeline.pointer = null;
      tip.hidden = true;
      return timeline.draw_soon();
    }
    timeline.pointer = timeline.time_at(x);
    timeline.draw_soon();
    const index = lane ? lane.find(timeline.pointer, reach()) : -1;
    const lines = [exact_time(Math.max(0, timeline.pointer))];
    if (index >= 0) {
      const { title, rows } = lane.describe(lane.items[index]);
      lines.push(title, ...rows.slice(0, 9).map(([name, value]) => `${name} ${value}`));
    }
    tip.textContent = lines.join("\n");
    tip.hidden = event.pointerType === "touch";
    const box = tip.getBoundingClientRect();
    const beside = event.clientX + 16 + box.width > innerWidth ? event.clientX - box.width - 12 : event.clientX + 16;
    tip.style.left = `${Math.max(4, beside)}px`;
    tip.style.top = `${Math.min(event.clientY + 16, innerHeight - box.height - 4)}px`;
    return undefined;
  };

  const actions = {
    whole: () => timeline.show_all(),
    in: () => timeline.zoom_at_cursor(0.5),
    out: () => timeline.zoom_at_cursor(2),
    left: () => timeline.move(-0.25),
    right: () => timeline.move(0.25),
    fit: () => { if (timeline.selected_item()) timeline.fit(timeline.selected_item()); },
    "mark-a": () => timeline.set_mark("a"),
    "mark-b": () => timeline.set_mark("b"),
    clear: () => timeline.clear(),
    help: () => {
      const help = document.getElementById("help");
      help.hidden = !help.hidden;
      document.querySelector("[data-do=help]").setAttribute("aria-expanded", String(!help.hidden));
    },
  };
  for (const button of document.querySelectorAll("button[data-do]"))
    button.addEventListener("click", actions[button.dataset.do]);

  const keys = {
    "+": actions.in, "=": actions.in, "-": actions.out, "−": actions.out,
    ArrowLeft: actions.left, ArrowRight: actions.right, Home: actions.whole, Enter: actions.fit,
    ArrowUp: () => timeline.choose_lane(-1), ArrowDown: () => timeline.choose_lane(1),
    ",": () => timeline.go_through_lane(-1), ".": () => timeline.go_through_lane(1),
    a: actions["mark-a"], b: actions["mark-b"], Escape: actions.clear, "?": actions.help,
  };
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  host.addEventListener("focus", () => timeline.draw_soon());
  host.addEventListener("blur", () => timeline.draw_soon());
}

function show_state(timeline) {
  const put = (id, text) => { document.getElementById(id).textContent = text; };
  const from = Math.max(0, timeline.start), to = Math.min(timeline.end, timeline.start + timeline.span);
  put("shown", `${duration_text(to - from)} from ${exact_time(from)}`);
  const shown_time = (time) => (time === null ? "–" : exact_time(time));
  const { a, b } = timeline.marks;
  put("cursor", shown_time(timeline.cursor));
  put("mark-a", shown_time(a));
  put("mark-b", shown_time(b));
  put("distance", a === null || b === null ? "–"
    : `${b < a ? "−" : ""}${duration_text(Math.abs(b - a))}${a === b ? "" : ` (${frequency_text(b - a)})`}`);
}

// Changes only when the selection does, so that a screen reader says it once.
function show_details(timeline, shown) {
  const item = timeline.selected_item() ?? null;
  if (item === shown.item) return;
  shown.item = item;
  const place = document.getElementById("details");
  if (!item) {
    const empty = document.createElement("p");
    empty.className = "empty";
    empty.textContent = "Click a bar, an edge or a mark to see its values.";
    place.replaceChildren(empty);
    return;
  }
  const { title, rows } = timeline.selection.lane.describe(item);
  const heading = document.createElement("strong");
  heading.textContent = title;
  const list = document.createElement("dl");
  for (const [name, value] of rows) {
    const pair = document.createElement("div");
    const term = document.createElement("dt"), meaning = document.createElement("dd");
    term.textContent = name;
    meaning.textContent = value;
    pair.append(term, meaning);
    list.append(pair);
  }
  place.replaceChildren(heading, list);
}

function start() {
  const run = read_run();
  document.getElementById("timeline-block").hidden = false;
  const shown = { item: null };
  const timeline = new Timeline(document.getElementById("timeline"), run, make_lanes(run), () => {
    show_state(timeline);
    show_details(timeline, shown);
    document.body.dataset.ready = "yes";
  });
  control(timeline, document.getElementById("tip"));
  for (const time of document.querySelectorAll("time[data-at]")) {
    time.className = "jump";
    time.tabIndex = 0;
    time.setAttribute("role", "button");
    const jump = () => {
      const at = Number(time.dataset.at);
      timeline.set_cursor(at);
      timeline.reveal(at);
      document.getElementById("timeline").scrollIntoView({ block: "nearest" });
    };
    time.addEventListener("click", jump);
    time.addEventListener("keydown", (event) => { if (event.key === "Enter") jump(); });
  }
}

start();
