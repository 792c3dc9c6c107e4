const format = (options) => {
  const formatter = new Intl.DateTimeFormat("en-GB", options);
  return (moment) => formatter.format(new Date(moment));
};

export const day = format({ weekday: "short", day: "numeric", month: "long" });
export const shortDay = format({ weekday: "short", day: "numeric", month: "short" });
export const time = format({ hour: "2-digit", minute: "2-digit" });
export const dayOfMonth = format({ day: "numeric" });
export const month = format({ month: "short" });

export const many = (count, one, more = `${one}s`) => `${count} ${count === 1 ? one : more}`;

/** How a session stands: a word for its colour, and what it says. */
export function availability({ left, seats, waiting }) {
  if (left === 0 || waiting > 0) return { state: "full", text: "Sold out", detail: waiting > 0 ? `${waiting} waiting` : "waiting list" };
  if (left <= Math.max(3, seats * 0.1)) return { state: "few", text: `Last ${many(left, "seat")}`, detail: `of ${seats}` };
  return { state: "free", text: `${many(left, "seat")} left`, detail: `of ${seats}` };
}
