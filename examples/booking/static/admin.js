import { ask, get } from "./api.js";
import { byId, el } from "./dom.js";
import { day, many, shortDay, time } from "./format.js";
import { watchSeats } from "./live.js";

const place = byId("admin");

/** A form that says what is wrong beside the fields. `send` gets their values. */
function form({ label, fields, button, send }) {
  const says = el("p", { class: "says", role: "alert" });
  const done = el("p", { class: "soft", role: "status" });
  const submit = el("button", { type: "submit" }, button);
  return el("form", { "aria-label": label, onsubmit: async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    says.textContent = done.textContent = "";
    submit.disabled = true;
    try {
      done.textContent = (await send(Object.fromEntries(new FormData(form)))) ?? "";
      form.reset();
    } catch (error) {
      const wrong = Object.entries(error.fields ?? {}).map(([name, text]) => `${name}: ${text}`);
      says.textContent = wrong.length > 0 ? wrong.join("; ") : error.message;
    } finally {
      submit.disabled = false;
    }
  } }, fields, says, el("p", { class: "actions" }, submit, done));
}

const field = (name, label, attributes = {}, element = "input") =>
  el("div", { class: "field" }, el("label", { class: "label", for: attributes.id ?? name }, label), el(element, { id: name, name, ...attributes }));

const session = ({ starts_at, seats }) => ({ starts_at: new Date(starts_at).toISOString(), seats: Number(seats) });
const momentFields = (prefix) => [
  field("starts_at", "Begins", { id: `${prefix}-starts`, type: "datetime-local", required: true }),
  field("seats", "Seats", { id: `${prefix}-seats`, type: "number", min: 1, max: 100000, value: 60, required: true }),
];

function showSignIn() {
  place.replaceChildren(el("div", { class: "narrow" }, el("section", { class: "panel sign-in" }, el("h1", {}, "Organisers"), el("p", { class: "soft" }, "Make events, add sessions, and watch the seats go."),
    form({ label: "Sign in", button: "Sign in",
      // Password managers want a name beside a password.
      fields: [el("input", { type: "text", name: "username", value: "admin", autocomplete: "username", hidden: true }),
        field("password", "Password", { type: "password", autocomplete: "current-password", required: true })],
      async send({ password }) {
        await ask("POST", "/admin/session", { password });
        showDesk();
      } }))));
  byId("password").focus();
}

function showDesk() {
  const events = el("select", { id: "event", name: "event", required: true });
  const state = el("p", { class: "live", role: "status" });
  const table = el("div", { class: "watch" });
  const feed = el("ol", { class: "feed" });

  async function loadEvents() {
    const found = await get("/events/?limit=100");
    events.replaceChildren(...found.events.map(({ id, name }) => el("option", { value: id }, name)));
  }

  const makeEvent = form({ label: "New event", button: "Make the event",
    fields: [
      field("name", "Name", { required: true, maxlength: 120 }),
      field("venue", "Venue", { required: true, maxlength: 120 }),
      field("description", "Description", { rows: 3, maxlength: 4000 }, "textarea"),
      field("categories", "Categories, with commas between them", { placeholder: "music, jazz" }),
      el("div", { class: "pair" }, momentFields("new")),
    ],
    async send({ name, venue, description, categories, ...first }) {
      const words = categories.split(",").map((word) => word.trim()).filter(Boolean);
      const made = await ask("POST", "/events/", { name, venue, description, categories: words, sessions: [session(first)] });
      await loadEvents();
      return `${made.name} is in the programme.`;
    } });

  const addSession = form({ label: "Another session", button: "Add the session",
    fields: [el("div", { class: "field" }, el("label", { class: "label", for: "event" }, "Event"), events), el("div", { class: "pair" }, momentFields("more"))],
    async send({ event, ...more }) {
      const changed = await ask("POST", `/events/${event}/sessions`, session(more));
      return `${changed.name} has ${many(changed.sessions.length, "session")}.`;
    } });

  place.replaceChildren(
    el("div", { class: "desk-head" }, el("h1", {}, "Front of house"), state,
      el("button", { type: "button", class: "quiet", onclick: () => void ask("DELETE", "/admin/session").finally(() => location.reload()) }, "Sign out")),
    el("div", { class: "desk" },
      el("section", { class: "panel", "aria-label": "Seats" }, el("h2", {}, "Seats, live"), table, el("h3", {}, "Just now"), feed),
      el("div", {}, el("section", { class: "panel" }, el("h2", {}, "New event"), makeEvent), el("section", { class: "panel" }, el("h2", {}, "Another session"), addSession))));
  void loadEvents();

  const sessions = new Map();
  const rows = new Map();
  watchSeats({
    onState(now) {
      state.className = `live ${now}`;
      const text = { live: "Live", lost: "Connecting again…", away: "The database does not answer; these are the last numbers" }[now];
      if (state.textContent !== text) state.textContent = text;
    },
    onSeats({ whole, sessions: changed }) {
      for (const after of changed) {
        const before = sessions.get(after.id);
        // A database that follows another one may be behind what was seen already.
        if (before !== undefined && before.revision >= after.revision) continue;
        sessions.set(after.id, after);
        drawRow(rows, after);
        if (before !== undefined || !whole) tellChange(feed, before, after);
      }
      const ordered = [...sessions.values()].sort((one, other) => one.starts_at.localeCompare(other.starts_at) || one.id - other.id);
      const wanted = ordered.map(({ id }) => rows.get(id));
      // Only when the order changed: moving a row would end its animation.
      if (wanted.length !== table.children.length || wanted.some((row, index) => row !== table.children[index])) table.replaceChildren(...wanted);
      if (wanted.length === 0) table.replaceChildren(el("p", { class: "soft" }, "No session yet. Make the first event."));
    },
  });
}

function drawRow(rows, { id, event, venue, starts_at, seats, taken, waiting }) {
  const row = rows.get(id) ?? el("div", { class: "row", id: `session-${id}` });
  const isNew = !rows.has(id);
  rows.set(id, row);
  if (isNew) {
    row.append(
      el("p", { class: "what" }, el("b", {}, event), el("span", { class: "soft" }, `${shortDay(starts_at)}, ${time(starts_at)} · ${venue}`)),
      el("p", { class: "number" }),
      // The same in a picture; the numbers are beside it.
      el("progress", { max: seats, value: taken, "aria-label": `Seats of ${event}, ${day(starts_at)}` }));
  }
  row.querySelector(".number").replaceChildren(el("b", {}, String(taken)), ` / ${seats}`, waiting > 0 ? el("span", { class: "pill few" }, `${waiting} waiting`) : "");
  row.querySelector("progress").value = taken;
  row.classList.toggle("full", taken >= seats);
  if (!isNew) {
    row.classList.remove("changed");
    // Asked for so that the animation begins anew.
    void row.offsetWidth;
    row.classList.add("changed");
  }
}

function tellChange(feed, before, after) {
  const differences = before === undefined ? ["a new session"] : [
    after.taken > before.taken && `${many(after.taken - before.taken, "seat")} booked`,
    after.taken < before.taken && `${many(before.taken - after.taken, "seat")} given back`,
    after.waiting > before.waiting && `${after.waiting - before.waiting} began to wait`,
    after.waiting < before.waiting && `${before.waiting - after.waiting} no longer waiting`,
  ].filter(Boolean);
  if (differences.length === 0) return;
  feed.prepend(el("li", {}, el("time", {}, time(Date.now())), el("span", {}, el("b", {}, after.event), ` ${differences.join(", ")}`)));
  while (feed.children.length > 8) feed.lastElementChild.remove();
}

// The desk for who is signed in already, which one request tells.
ask("GET", "/admin/session").then(showDesk, showSignIn);
