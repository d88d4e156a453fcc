"use strict";
// Times, numbers and words as the page writes them. Times are picoseconds; as a double holds 53 bits they are
// exact in the first two and a half hours.

const second = 1e12;
const units = [[second, "s"], [1e9, "ms"], [1e6, "µs"], [1e3, "ns"], [1, "ps"]];
const thin_space = "\u2009";

// "12 345"
function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, thin_space);
}

// "1.540 123 456 s": never rounded.
function exact_time(time) {
  const whole = Math.floor(time / second);
  const digits = String(Math.round(time - whole * second)).padStart(12, "0");
  const groups = digits.match(/.../g);
  if (groups[3] === "000") groups.pop();
  return `${whole}.${groups.join(thin_space)} s`;
}

// "320.01 µs": up to six digits.
function duration_text(duration) {
  if (duration === 0) return "0 s";
  const [size, name] = units.find(([size]) => Math.abs(duration) >= size) ?? units[4];
  return `${Number((duration / size).toPrecision(6))} ${name}`;
}

function frequency_text(duration) {
  const hertz = second / Math.abs(duration);
  const [size, name] = [[1e9, "GHz"], [1e6, "MHz"], [1e3, "kHz"], [1, "Hz"]].find(([size]) => hertz >= size)
    ?? [1e-3, "mHz"];
  return `${Number((hertz / size).toPrecision(5))} ${name}`;
}

// The distance between the lines of the axis: 1, 2 or 5 times a power of ten, at least `least` apart.
function axis_step(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) || power * 10;
}

// A point on the axis, with as many digits as its step asks for.
function axis_text(time, step) {
  if (time === 0) return "0";
  const [size, name] = units.find(([size]) => Math.max(Math.abs(time), step) >= size) ?? units[4];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / size) - 1e-9));
  return `${(time / size).toFixed(digits)} ${name}`;
}

function hex(word) {
  return "0x" + word.toString(16).padStart(8, "0");
}

function plural(count, one, many) {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
