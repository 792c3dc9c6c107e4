import { listed, type Actor, type HostScene, type Scene, type ServiceScene, type Store } from "./scene";

/**
 * Draws a scene: who may connect on the left, the hosts in the middle, what keeps data on the right. Text is set in the reader's own
 * sans-serif font, and colours follow the reader's light or dark scheme. Pure.
 */
export function svg(scene: Scene): string {
  const hosts = stack(
    scene.hosts.map((host) => hostBox(host)),
    top + 34,
    24,
  );
  const middle = { bottom: Math.max(top + 34, ...hosts.map(({ y, box }) => y + box.height)) };
  const stores = [scene.database, scene.backups].filter((store) => store !== null);
  const storeBoxes = centred(
    stores.map((store) => storeBox(store, store === scene.database)),
    top + 34,
    middle.bottom,
    40,
  );
  const actorBoxes = centred(scene.actors.map(actorBox), top + 34, middle.bottom, 36);
  const bottom = Math.max(middle.bottom, ...[...storeBoxes, ...actorBoxes].map(({ y, box }) => y + box.height));
  const height = bottom + 24 + 24;
  const right = stores.length === 0 ? column.host + width.host : column.store + width.store;
  const total = right + 24 + 24;

  const frame = rect(column.host - 24, top, right - column.host + 48, bottom + 24 - top, "net", 14);
  const body = [
    text(24, 38, scene.title, "title"),
    text(24, 60, scene.subtitle, "faint"),
    frame,
    text(column.host - 8, top + 21, scene.network, "faint"),
    ...hosts.map(({ y, box }) => at(column.host, y, box)),
    ...storeBoxes.map(({ y, box }) => at(column.store, y, box)),
    ...actorBoxes.map(({ y, box }) => at(24, y, box)),
    ...actorBoxes.flatMap(({ y, box }, index) =>
      hosts.map((host) => entry(scene.actors[index], 24 + width.actor, y + box.height / 2, host)),
    ),
    ...storeBoxes.flatMap(({ y, box }, index) => hosts.map((host) => exit(stores[index], host, y + box.height / 2))),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height}" width="${total}" height="${height}" ` +
      `font-family="ui-sans-serif, system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="14" role="img">`,
    `<title>${escape(`${scene.title}: ${scene.subtitle}`)}</title>`,
    style,
    `<rect class="page" width="${total}" height="${height}" rx="14"/>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

const top = 84;
const width = { actor: 190, host: 452, nginx: 104, service: 236, store: 216 } as const;
const column = { host: 24 + width.actor + 110 + 24, store: 24 + width.actor + 110 + 24 + width.host + 110 } as const;

// Media queries, not variables: converters to bitmaps know the former's default and no variables at all.
const style = `<style>
  .page { fill: #ffffff } .net { fill: #f6f8fb; stroke: #c9d4e0; stroke-dasharray: 6 5 }
  .card { fill: #ffffff; stroke: #8796a8; stroke-width: 1.4 }
  .inner { fill: #eef2f7; stroke: #b9c5d3 } .blue { fill: #2f6fed }
  .green { fill: none; stroke: #1b9a59; stroke-width: 1.6; stroke-dasharray: 4 3 }
  .store { fill: #eaf3ff; stroke: #4b86d8; stroke-width: 1.4 } .vault { fill: #eef8f0; stroke: #4f9d69; stroke-width: 1.4 }
  .line { fill: none; stroke: #52657a; stroke-width: 1.6 } .tip { fill: #52657a }
  text { fill: #1c2733 } .title { font-size: 22px; font-weight: 650 }
  .head { font-weight: 650; font-size: 15px } .faint { fill: #5a6b7d; font-size: 12.5px }
  .port { font-size: 13px; font-weight: 600 } .onblue { fill: #ffffff; font-size: 11.5px } .ongreen { fill: #167a47; font-size: 11.5px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .net { fill: #131a23; stroke: #3a4656 }
    .card { fill: #1a222d; stroke: #66788d } .inner { fill: #222d3a; stroke: #46566a }
    .blue { fill: #3b78f0 } .green { stroke: #3fc27f } .store { fill: #14263f; stroke: #5b94e3 } .vault { fill: #14291c; stroke: #57ab74 }
    .line { stroke: #9aabbd } .tip { fill: #9aabbd } text { fill: #e6edf3 }
    .faint { fill: #a3b1c0 } .onblue { fill: #ffffff } .ongreen { fill: #6fe0a4 }
  }
</style>`;

/** A drawing whose upper left corner is the origin. */
interface Box {
  readonly height: number;
  readonly parts: readonly string[];
}

interface Placed {
  readonly y: number;
  readonly box: Box;
}

/** Boxes under each other. */
function stack(boxes: readonly Box[], from: number, gap: number): readonly Placed[] {
  let y = from;
  return boxes.map((box) => {
    const placed = { y, box };
    y += box.height + gap;
    return placed;
  });
}

/** Boxes under each other, in the middle of a height that may be less than they need. */
function centred(boxes: readonly Box[], from: number, to: number, gap: number): readonly Placed[] {
  const need = boxes.reduce((sum, { height }) => sum + height, 0) + gap * (boxes.length - 1);
  return stack(boxes, Math.max(from, Math.round((from + to - need) / 2)), gap);
}

function actorBox({ name, details }: Actor): Box {
  return {
    height: 34 + 18 * details.length + 10,
    parts: [
      rect(0, 0, width.actor, 34 + 18 * details.length + 10, "card", 10),
      text(16, 26, name, "head"),
      ...details.map((line, i) => text(16, 46 + 18 * i, fit(line, width.actor - 32, 12.5), "faint")),
    ],
  };
}

const serviceHeight = 66;

function hostBox({ name, detail, nginx, services, jobs }: HostScene): Box {
  const first = 66;
  const boxes = stack(services.map(serviceBox), first, 14);
  const servicesEnd = Math.max(first + serviceHeight, ...boxes.map(({ y }) => y + serviceHeight));
  const lines = listed(
    jobs.map(({ name: job }) => job),
    6,
  );
  const jobsAt = servicesEnd + 16;
  const jobsHeight = jobs.length === 0 ? 0 : 32 + 18 * lines.length + 6;
  const height = (jobs.length === 0 ? servicesEnd : jobsAt + jobsHeight) + 18;
  const x = width.host - width.service - 18;
  const nginxMiddle = (first + servicesEnd) / 2;
  return {
    height,
    parts: [
      rect(0, 0, width.host, height, "card", 12),
      text(18, 28, name, "head"),
      text(18, 48, fit(detail, width.host - 36, 12.5), "faint"),
      rect(18, first, width.nginx, servicesEnd - first, "inner", 8),
      text(32, nginxMiddle - 9 * nginx.length + 4, "nginx", "head"),
      ...nginx.map((line, i) => text(32, nginxMiddle - 9 * nginx.length + 23 + 17 * i, fit(line, width.nginx - 28, 12.5), "faint")),
      ...boxes.map(({ y, box }) => at(x, y, box)),
      ...boxes.flatMap(({ y }, index) => {
        const { path = null } = services[index] ?? {};
        return path === null
          ? []
          : [
              arrow(18 + width.nginx, y + serviceHeight / 2, x, y + serviceHeight / 2),
              label((18 + width.nginx + x) / 2, y + serviceHeight / 2 - 7, fit(path, x - width.nginx - 40, 12.5), "faint"),
            ];
      }),
      ...(jobs.length === 0
        ? []
        : [
            rect(18, jobsAt, width.host - 36, jobsHeight, "inner", 8),
            text(32, jobsAt + 22, "timers", "head"),
            ...lines.map((line, i) => text(32, jobsAt + 43 + 18 * i, fit(line, 220, 12.5), "faint")),
            ...lines.map((line, i) =>
              text(width.host - 32, jobsAt + 43 + 18 * i, jobs.find(({ name: job }) => job === line)?.schedule ?? "", "faint", "end"),
            ),
          ]),
    ],
  };
}

function serviceBox({ name, detail, slots }: ServiceScene): Box {
  const chips = slots
    ? [
        rect(width.service - 72, 10, 60, 20, "blue", 10),
        label(width.service - 42, 24, "blue", "onblue"),
        rect(width.service - 72, 36, 60, 20, "green", 10),
        label(width.service - 42, 50, "green", "ongreen"),
      ]
    : [];
  return {
    height: serviceHeight,
    parts: [
      rect(0, 0, width.service, serviceHeight, "inner", 8),
      text(14, 28, fit(name, 140, 15), "head"),
      text(14, 48, fit(detail, slots ? 146 : width.service - 28, 12.5), "faint"),
      ...chips,
    ],
  };
}

/** A database is a cylinder, as everywhere; other stores are chests. */
function storeBox({ name, details }: Store, cylinder: boolean): Box {
  const lid = cylinder ? 14 : 0;
  const height = 46 + 18 * details.length + 2 * lid;
  const { store: w } = width;
  const shape = cylinder
    ? `<path class="store" d="M0 ${lid}v${height - 2 * lid}a${w / 2} ${lid} 0 0 0 ${w} 0v-${height - 2 * lid}"/><ellipse ` +
      `class="store" cx="${w / 2}" cy="${lid}" rx="${w / 2}" ry="${lid}"/>`
    : rect(0, 0, w, height, "vault", 10);
  const first = cylinder ? 2 * lid + 22 : 28;
  return {
    height,
    parts: [
      shape,
      label(w / 2, first, name, "head"),
      ...details.map((line, i) => label(w / 2, first + 20 + 18 * i, fit(line, w - 20, 12.5), "faint")),
    ],
  };
}

/** From somebody outside to a host. */
function entry(actor: Actor | undefined, x: number, y: number, host: Placed): string {
  const to = inside(y, host);
  return [arrow(x, y, column.host, to), label((x + column.host) / 2 - 12, (y + to) / 2 - 9, (actor?.ports ?? []).join(", "), "port")].join(
    "",
  );
}

/** From a host to what keeps its data. */
function exit(store: Store | undefined, host: Placed, y: number): string {
  const from = inside(y, host);
  const [x1, x2] = [column.host + width.host, column.store];
  return [
    arrow(x1, from, x2, y),
    label((x1 + x2) / 2, (from + y) / 2 - 9, store?.port ?? "", "port"),
    label((x1 + x2) / 2, (from + y) / 2 + 19, store?.why ?? "", "faint"),
  ].join("");
}

/** The height nearest to `y` at which an arrow may meet the host's side. */
const inside = (y: number, { y: from, box }: Placed): number => Math.min(Math.max(y, from + 24), from + box.height - 24);

const at = (x: number, y: number, { parts }: Box): string => `<g transform="translate(${x} ${y})">${parts.join("")}</g>`;

const rect = (x: number, y: number, w: number, h: number, kind: string, radius: number): string =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${w}" height="${h}" rx="${radius}"/>`;

const text = (x: number, y: number, words: string, kind: string, anchor = "start"): string =>
  `<text class="${kind}" x="${x}" y="${y}"${anchor === "start" ? "" : ` text-anchor="${anchor}"`}>${escape(words)}</text>`;

const label = (x: number, y: number, words: string, kind: string): string => text(x, y, words, kind, "middle");

/** Leaves and arrives level, with its tip on the end. */
function arrow(x1: number, y1: number, x2: number, y2: number): string {
  const bend = (x1 + x2) / 2;
  const path = y1 === y2 ? `M${x1} ${y1}H${x2 - 8}` : `M${x1} ${y1}C${bend} ${y1} ${bend} ${y2} ${x2 - 8} ${y2}`;
  return `<path class="line" d="${path}"/><path class="tip" d="M${x2 - 1} ${y2}l-9 -5v10z"/>`;
}

/** Cuts a text to about that many pixels: a letter of a sans-serif font is a little over half as wide as it is high. */
function fit(words: string, pixels: number, size: number): string {
  const letters = Math.floor(pixels / (size * 0.55));
  return words.length <= letters ? words : `${words.slice(0, letters - 1)}…`;
}

const escape = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
