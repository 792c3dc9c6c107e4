import { ask, get } from "./api.js";
import { blank, byId, el, failed } from "./dom.js";
import { day, many, time } from "./format.js";

const place = byId("bookings");
const notice = byId("notice");

const says = {
  confirmed: () => "Confirmed",
  waiting: ({ position }) => `Waiting, place ${position}`,
  cancelled: () => "Given up",
};

function ticket(booking) {
  const isOver = new Date(booking.session.starts_at) < new Date();
  const canCancel = booking.state !== "cancelled" && !isOver;
  return el("article", { class: `ticket ${booking.state}`, "aria-label": `${booking.event.name}, ${booking.code}` },
    el("div", { class: "main" },
      el("p", { class: `pill ${{ confirmed: "free", waiting: "few", cancelled: "full" }[booking.state]}` }, isOver && booking.state === "confirmed" ? "Over" : says[booking.state](booking)),
      el("h2", {}, el("a", { href: `/event.html?id=${booking.event.id}` }, booking.event.name)),
      el("p", { class: "when" }, `${day(booking.session.starts_at)}, ${time(booking.session.starts_at)}`),
      el("p", { class: "where" }, `${booking.event.venue} · ${many(booking.seats, "seat")} for ${booking.name}`)),
    el("div", { class: "stub" },
      el("p", { class: "code" }, el("span", { class: "soft" }, "Code"), el("b", {}, booking.code)),
      canCancel ? el("button", { type: "button", class: "quiet", onclick: () => void giveUp(booking), "aria-label": `Give up ${booking.event.name}, ${booking.code}` }, "Give up") : null));
}

async function load() {
  if (place.children.length === 0) place.replaceChildren(...[1, 2].map(() => el("div", { class: "ticket skeleton", "aria-hidden": "true" }, el("div", { class: "main" }, el("i"), el("i"), el("i")))));
  try {
    const { bookings } = await get("/bookings/");
    place.replaceChildren(...bookings.length > 0 ? bookings.map(ticket)
      : [blank("Nothing booked yet", "What you book in this browser stands here.", el("a", { class: "button", href: "/" }, "See what’s on"))]);
  } catch (error) {
    place.replaceChildren(failed(error, () => void load()));
  }
}

/** Whether the visitor means it. */
function isMeant(text) {
  const dialog = byId("confirm");
  byId("confirm-text").textContent = text;
  dialog.returnValue = "keep";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "cancel"), { once: true }));
}

async function giveUp(booking) {
  const next = booking.state === "waiting" ? "Your place in the waiting list goes to the next." : "Your seats go to those who wait, and cannot be had back.";
  if (!(await isMeant(`${booking.event.name}, ${day(booking.session.starts_at)}. ${next}`))) return;
  try {
    await ask("POST", `/bookings/${booking.id}/cancel`);
    tell(`${booking.event.name}: given up.`);
  } catch (error) {
    tell(error.message);
  }
  await load();
}

function tell(text) {
  notice.textContent = text;
  notice.hidden = false;
}

void load();
// Who waits may have got seats since the page was last looked at.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") void load();
});
