import { get } from "./api.js";
import { blank, byId, el, failed } from "./dom.js";
import { availability, dayOfMonth, many, month, shortDay, time } from "./format.js";
import { poster } from "./poster.js";

const list = byId("events");
const more = byId("more");
const wish = () => {
  const asked = new URLSearchParams(location.search);
  return { q: asked.get("q") ?? "", category: asked.get("category") ?? "" };
};

/** The session that a card shows: the first with seats, else the first. */
const shown = ({ sessions }) => sessions.find(({ left, waiting }) => left > 0 && waiting === 0) ?? sessions[0];

function card(event) {
  const session = shown(event);
  const state = session === undefined ? null : availability(session);
  return el("article", { class: "card" },
    el("div", { class: "picture" }, poster(event), session === undefined ? null
      : el("p", { class: "stamp", "aria-hidden": "true" }, el("b", {}, dayOfMonth(session.starts_at)), month(session.starts_at))),
    el("div", { class: "about" },
      el("p", { class: "eyebrow" }, event.categories.join(" · ") || "event"),
      el("h2", {}, el("a", { href: `/event.html?id=${event.id}` }, event.name)),
      el("p", { class: "where" }, event.venue),
      el("p", { class: "when" }, session === undefined ? "Dates to come" : `${shortDay(session.starts_at)}, ${time(session.starts_at)}`,
        event.sessions.length > 1 ? el("span", { class: "soft" }, ` and ${many(event.sessions.length - 1, "more date")}`) : null),
      state === null ? null : el("p", { class: `pill ${state.state}` }, state.text, state.state === "full" ? el("span", {}, ` · ${state.detail}`) : null)));
}

const skeletons = () => Array.from({ length: 6 }, () => el("div", { class: "card skeleton", "aria-hidden": "true" },
  el("div", { class: "picture" }), el("div", { class: "about" }, el("i"), el("i"), el("i"))));

let asked = 0;

/** Shows what the address asks for; `offset` continues what is there. */
async function show(offset = 0) {
  const mine = (asked += 1);
  const { q, category } = wish();
  const count = byId("count");
  more.hidden = true;
  if (offset === 0) {
    list.replaceChildren(...skeletons());
    list.setAttribute("aria-busy", "true");
    count.textContent = "Looking…";
  }
  try {
    const found = await get(`/events/?${new URLSearchParams({ q, category, offset })}`);
    if (mine !== asked) return;
    const cards = found.events.map(card);
    if (offset > 0) list.append(...cards);
    else list.replaceChildren(...cards);
    if (offset > 0) cards[0]?.querySelector("a").focus();
    const total = list.querySelectorAll(".card").length;
    const about = [q && `for “${q}”`, category && `in ${category}`].filter(Boolean).join(" ");
    count.textContent = total === 0 ? "" : `${many(total, "event")}${found.next === null ? "" : " and more"}${about && ` ${about}`}`;
    if (total === 0) list.replaceChildren(nothing(q, category));
    more.hidden = found.next === null;
    more.onclick = () => void show(found.next);
  } catch (error) {
    if (mine !== asked) return;
    count.textContent = "";
    list.replaceChildren(failed(error, () => void show()));
  } finally {
    if (mine === asked) list.removeAttribute("aria-busy");
  }
}

const nothing = (q, category) => q || category
  ? blank("Nothing fits, this time", `There is no event ${q ? `with “${q}”` : ""}${category ? ` in ${category}` : ""} in the programme.`,
    el("button", { type: "button", onclick: () => go({ q: "", category: "" }) }, "Show everything"))
  : blank("The programme is being made", "There is no event yet. Come back soon.");

/** Another wish: a page of its own to go back to, without a page to load. */
function go(changes) {
  const words = Object.entries({ ...wish(), ...changes }).filter(([, value]) => value !== "");
  history.pushState(null, "", words.length > 0 ? `/?${new URLSearchParams(words)}` : "/");
  arrive();
}

function arrive() {
  const { q, category } = wish();
  byId("q").value = q;
  for (const chip of byId("categories").children) chip.setAttribute("aria-pressed", String(chip.value === category));
  void show();
}

async function showCategories() {
  try {
    const found = await get("/categories/");
    const chip = (value, text) => el("button", { type: "button", class: "chip", value, "aria-pressed": String(value === wish().category), onclick: () => go({ category: value }) }, text);
    byId("categories").replaceChildren(chip("", "Everything"), ...found.map(({ name }) => chip(name, name)));
  } catch {
    // The list of events says what is wrong.
  }
}

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  go({ q: byId("q").value.trim() });
});
window.addEventListener("popstate", arrive);
void showCategories();
arrive();
