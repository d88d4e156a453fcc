// The run, out of the page's data: flat lists of numbers become objects. data.cpp writes what is read here.

// Cuts a flat list into spans. `names` are what a span has beside its start and its length.
function unpack(list, names, more) {
  const spans = [];
  let start = 0;
  for (let at = 0; at < list.length; at += 2 + names.length) {
    start += list[at];
    const span = { start, end: start + list[at + 1], ...more };
    names.forEach((name, index) => { span[name] = list[at + 2 + index]; });
    spans.push(span);
  }
  return spans;
}

// A series in order of time. Spans that stand for many have `merged`.
function unpack_series(series, names) {
  return [
    ...unpack(series.first, names),
    ...unpack(series.merged, ["count", "covered"], { merged: true }),
    ...unpack(series.last, names),
  ].sort((a, b) => a.start - b.start || b.end - a.end);
}

const fields = {
  marks: ["kind", "text"],
  cpu: [],
  interrupts: ["line", "source"],
  spi: ["phase"],
  dma: ["address", "word0", "buffer", "next", "closed", "moved", "first_byte", "last_byte"],
  text: ["text"],
  pin: [],
};

function read_run() {
  const run = JSON.parse(document.getElementById("data").textContent);
  for (const lane of run.lanes) {
    lane.count = lane.items.count;
    lane.items = unpack_series(lane.items, fields[lane.kind]);
    if (lane.transfers) lane.transfers = unpack_series(lane.transfers, ["first_descriptor", "ended"]);
  }
  return run;
}

// The index of the first item that starts after `time`.
function first_after(items, time) {
  let low = 0, high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
