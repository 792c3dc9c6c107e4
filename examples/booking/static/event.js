import { book, get, newKey } from "./api.js";
import { blank, blankPage, byId, el, failed } from "./dom.js";
import { availability, day, many, time } from "./format.js";
import { poster } from "./poster.js";

const place = byId("event");
const id = new URLSearchParams(location.search).get("id") ?? "";
const most = 6;

/** Of one wish: what is sent again is sent with the same key, and another wish gets another one. */
let key = newKey();
let event = null;
const wish = { session: null, seats: 1, name: "" };

async function load() {
  place.replaceChildren(el("div", { class: "event skeleton", "aria-hidden": "true" }, el("div", { class: "picture" }), el("div", { class: "about" }, el("i"), el("i"), el("i"))));
  place.setAttribute("aria-busy", "true");
  try {
    event = await get(`/events/${encodeURIComponent(id)}`);
    document.title = `${event.name} · Foyer`;
    wish.session ??= (event.sessions.find(({ left, waiting }) => left > 0 && waiting === 0) ?? event.sessions[0])?.id ?? null;
    draw();
  } catch (error) {
    const isMissing = error.status === 404 || error.status === 422;
    place.replaceChildren(isMissing
      ? blankPage("No such event", "It may be over, or the address may have a letter too many.", el("a", { class: "button", href: "/" }, "See what’s on"))
      : failed(error, () => void load(), blankPage));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function draw() {
  place.replaceChildren(
    el("p", { class: "back" }, el("a", { href: "/" }, "← What’s on")),
    el("div", { class: "event" },
      el("div", { class: "story" },
        el("div", { class: "picture" }, poster(event)),
        el("p", { class: "eyebrow" }, event.categories.map((name, index) => [index > 0 ? " · " : "", el("a", { href: `/?category=${encodeURIComponent(name)}` }, name)])),
        el("h1", {}, event.name),
        el("p", { class: "where" }, event.venue),
        ...event.description.split(/\n+/).map((paragraph) => el("p", { class: "prose" }, paragraph))),
      el("aside", { class: "panel", "aria-label": "Book seats" }, event.sessions.length > 0 ? form()
        : blank("No dates yet", "This event has no session to come."))));
}

const chosen = () => event.sessions.find((session) => session.id === wish.session);

function form() {
  const status = el("p", { class: "says", role: "alert" });
  const button = el("button", { type: "submit", class: "wide-button" });
  const hint = el("p", { class: "soft hint" });
  const seats = el("output", { id: "seats", "aria-live": "polite" });
  const fewer = el("button", { type: "button", class: "step", "aria-label": "One seat less", onclick: () => choose({ seats: wish.seats - 1 }) }, "−");
  const further = el("button", { type: "button", class: "step", "aria-label": "One seat more", onclick: () => choose({ seats: wish.seats + 1 }) }, "+");
  const name = el("input", { id: "name", name: "name", type: "text", autocomplete: "name", maxlength: 80, required: true, value: wish.name, oninput: () => choose({ name: name.value }) });

  function option(session) {
    const { state, text, detail } = availability(session);
    return el("label", { class: `option ${state}` },
      el("input", { type: "radio", name: "session", value: session.id, checked: session.id === wish.session, onchange: () => choose({ session: session.id }) }),
      el("span", { class: "moment" }, el("b", {}, day(session.starts_at)), el("span", {}, time(session.starts_at))),
      el("span", { class: "left" }, el("b", {}, text), el("span", {}, detail)));
  }

  function choose(changes) {
    // Another wish is another booking. The same one, sent again by hand after no answer came, may have its seats already.
    if (Object.entries(changes).some(([name, value]) => wish[name] !== value)) key = newKey();
    Object.assign(wish, changes);
    const waits = mustWait();
    seats.textContent = many(wish.seats, "seat");
    fewer.disabled = wish.seats <= 1;
    further.disabled = wish.seats >= most;
    button.textContent = waits ? "Join the waiting list" : `Book ${many(wish.seats, "seat")}`;
    button.classList.toggle("waits", waits);
    hint.textContent = waits
      ? "Seats that come free go to those who wait, in their order. You see yours under My bookings."
      : "Nothing to pay here. You can give your seats back until it begins.";
    status.textContent = "";
  }

  async function send(submitted) {
    submitted.preventDefault();
    button.disabled = true;
    button.textContent = "One moment…";
    status.textContent = "";
    try {
      const booking = await book(wish.session, { name: wish.name.trim(), seats: wish.seats, wait: mustWait() }, key);
      done(booking);
    } catch (error) {
      if (["sold_out", "not_enough_seats"].includes(error.code)) await refresh();
      else choose({});
      const fields = Object.keys(error.fields ?? {}).includes("name") ? "Please enter the name that the seats are for." : null;
      // Not cleared with what a new choice clears.
      document.querySelector(".says").textContent = fields ?? error.message;
    } finally {
      button.disabled = false;
    }
  }

  const whole = el("form", { onsubmit: send },
    el("h2", {}, "Your seats"),
    el("fieldset", {}, el("legend", {}, "When"), event.sessions.map(option)),
    el("div", { class: "field" }, el("span", { class: "label", id: "how-many" }, "How many"), el("div", { class: "stepper", role: "group", "aria-labelledby": "how-many" }, fewer, seats, further)),
    el("div", { class: "field" }, el("label", { class: "label", for: "name" }, "Name"), name),
    status, button, hint);
  choose({});
  return whole;
}

/** Whether there are not as many seats as are wished for. */
function mustWait() {
  const session = chosen();
  return session.waiting > 0 || session.left < wish.seats;
}

/** Seats were quicker gone than the page knew. */
async function refresh() {
  try {
    event = await get(`/events/${event.id}`);
  } finally {
    draw();
  }
}

function done(booking) {
  const waits = booking.state === "waiting";
  const heading = el("h2", { tabindex: -1 }, waits ? "You are on the list" : "See you there");
  document.querySelector(".panel").replaceChildren(el("div", { class: `done ${booking.state}`, role: "status" },
    el("p", { class: "seal", "aria-hidden": "true" }, waits ? "…" : "✓"),
    heading,
    el("p", {}, waits
      ? `Place ${booking.position} for ${many(booking.seats, "seat")}, ${day(booking.session.starts_at)} at ${time(booking.session.starts_at)}.`
      : `${many(booking.seats, "seat")} for ${booking.name}, ${day(booking.session.starts_at)} at ${time(booking.session.starts_at)}.`),
    el("p", { class: "code" }, el("span", { class: "soft" }, "Your code"), el("b", {}, booking.code)),
    el("p", { class: "actions" }, el("a", { class: "button", href: "/bookings.html" }, "My bookings"), el("a", { class: "button quiet", href: "/" }, "What else is on"))));
  heading.focus();
}

void load();
