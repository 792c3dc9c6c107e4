/** An element: `on...` are listeners, true and false set and leave out, everything else is an attribute. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

const section = (heading) => (title, text, ...actions) =>
  el("section", { class: "blank" }, el(heading, {}, title), el("p", {}, text), actions.length > 0 ? el("p", { class: "actions" }, actions) : null);

/** What stands where there is nothing, or nothing could be had: a heading, a sentence, and what to do. */
export const blank = section("h2");

/** The same in the place of a whole page, with its main heading. */
export const blankPage = section("h1");

/** A failure, with a button that tries again; `as` is one of those above. */
export const failed = (error, again, as = blank) =>
  as("This did not work", error.message, el("button", { type: "button", onclick: again }, "Try again"));
