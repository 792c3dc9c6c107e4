/** Posters: every event has one of its own, drawn from its number, so that no picture has to be loaded. */
const palettes = [
  ["#1f2a5c", "#e4572e", "#f2b134", "#fdf6e8"],
  ["#0f4c4a", "#f2b134", "#f7d9c4", "#e4572e"],
  ["#f0c9b0", "#1f2a5c", "#c73a1b", "#fdf6e8"],
  ["#3b1f47", "#f28fa6", "#f2b134", "#fbe9e1"],
  ["#f2b134", "#16181d", "#c73a1b", "#fdf6e8"],
  ["#c7dcd0", "#0f4c4a", "#e4572e", "#1f2a5c"],
  ["#c73a1b", "#fdf6e8", "#f2b134", "#3b1f47"],
];

const make = (name, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const circle = (cx, cy, r, fill) => make("circle", { cx, cy, r, fill });
const rect = (x, y, width, height, fill) => make("rect", { x, y, width, height, fill });
const path = (d, fill) => make("path", { d, fill });
const ring = (cx, cy, r, stroke, width) => make("circle", { cx, cy, r, fill: "none", stroke, "stroke-width": width });

/** A small generator of numbers from 0 to 1, the same for the same seed. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function numbers(seed) {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const compositions = [
  // A sun behind hills.
  ([, a, b, c], next) => [
    circle(130 + next() * 140, 130, 74, a),
    path(`M0 ${200 + next() * 20} Q100 ${130 + next() * 40} 210 210 T400 190 V300 H0Z`, b),
    path(`M0 ${250 + next() * 10} Q120 200 230 ${240 + next() * 20} T400 236 V300 H0Z`, c),
  ],
  // Sound.
  ([, a, b, c], next) => [
    ...Array.from({ length: 13 }, (_, index) => {
      const height = 40 + next() * 190;
      return make("rect", { x: 22 + index * 28, y: 150 - height / 2, width: 16, height, rx: 8, fill: [a, b, c][index % 3] });
    }),
  ],
  // Quarters of circles.
  ([, a, b, c], next) =>
    Array.from({ length: 12 }, (_, index) => {
      const [x, y] = [(index % 4) * 100, Math.floor(index / 4) * 100];
      const arcs = [`M${x} ${y}h100a100 100 0 0 1-100 100z`, `M${x + 100} ${y}v100a100 100 0 0 1-100-100z`, `M${x + 100} ${y + 100}h-100a100 100 0 0 1 100-100z`];
      return path(arcs[Math.floor(next() * 3)], [a, b, c][Math.floor(next() * 3)]);
    }),
  // Rings, as of a record or a stone in water.
  ([, a, b, c], next) => {
    const [x, y] = [120 + next() * 160, 110 + next() * 80];
    return [...[170, 136, 102, 68].map((radius, index) => ring(x, y, radius, [a, b, c, a][index], 15)), circle(x, y, 36, b)];
  },
  // A stage: beams and a floor.
  ([, a, b, c], next) => [
    path(`M${90 + next() * 30} 0L20 300H190z`, a),
    path(`M${290 - next() * 30} 0L380 300H210z`, b),
    make("ellipse", { cx: 200, cy: 268, rx: 170, ry: 24, fill: c }),
    circle(200, 170 + next() * 20, 34, c),
  ],
  // Arches.
  ([, a, b, c], next) =>
    [0, 1, 2, 3].flatMap((index) => {
      const [x, top] = [16 + index * 94, 70 + next() * 70];
      const arch = (inset, fill) => path(`M${x + inset} 300V${top + 43}a${43 - inset} ${43 - inset} 0 0 1 ${86 - 2 * inset} 0V300z`, fill);
      return [arch(0, [a, b, c][index % 3]), arch(20, [b, c, a][index % 3])];
    }),
];

/** A picture of 4 by 3. It says nothing that the page does not say in words. */
export function poster(event) {
  const next = numbers(event.id);
  const palette = palettes[event.id % palettes.length];
  const svg = make("svg", { viewBox: "0 0 400 300", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true", class: "poster" });
  svg.append(rect(0, 0, 400, 300, palette[0]), ...compositions[(event.id * 5 + Math.floor(event.id / 6)) % compositions.length](palette, next));
  return svg;
}
