"use strict";
// Single keys, focus after an answer, the sum of chosen rows. Everything here is also done by Tab and Enter.

const root = document.documentElement;
const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("table[data-rows] tbody tr")];
let here = -1;

function go(step) {
  const all = rows();
  if (!all.length) return;
  const last = all[here];
  here = Math.min(Math.max(here + step, 0), all.length - 1);
  if (last) last.classList.remove("now");
  const row = all[here];
  row.classList.add("now");
  const target = row.querySelector("[data-open], a, input");
  if (target) target.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

const keys = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  j: () => go(1),
  k: () => go(-1),
  x: () => rows()[here]?.querySelector("[data-choose]")?.click(),
  "?": () => document.getElementById("keys")?.showModal(),
};

// A letter of another script stands for the Latin one on the same key, so that no layout need be changed.
function latin(event) {
  const place = /^Key([A-Z])$/.exec(event.code);
  return (place && event.key.length === 1 && event.key > "\u007f" ? place[1] : event.key).toLowerCase();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return escape();
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (root.dataset.keys === "off" || typing(event.target) || document.querySelector("dialog[open]")) return;
  // A page's own single keys: a button marked data-key="s" is pressed by s.
  const own = document.querySelector(`[data-key="${CSS.escape(latin(event))}"]`);
  if (own) { event.preventDefault(); own.matches("form") ? own.requestSubmit() : own.click(); return; }
  if (event.key === "Enter" && event.target.matches("[data-choose], body")) {
    const row = event.target.closest("tr") ?? rows()[here];
    if (!row) return;
    event.preventDefault(); // a check box would send its form
    row.querySelector("[data-open], a")?.click();
    return;
  }
  const act = keys[event.key] ?? keys[latin(event)];
  if (act) { event.preventDefault(); act(); }
});

function escape() {
  const pane = document.querySelector(".pane:not(:empty)");
  if (pane) { pane.replaceChildren(); rows()[here]?.querySelector("[data-open], a")?.focus(); return; }
  const open = document.querySelector("details.me[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); return; }
  if (typing(document.activeElement)) document.activeElement.blur();
}

// Where there is room, a row opens beside its grid; everywhere else, and without scripts, as a page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-pane] tbody [data-open]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const pane = document.getElementById(link.closest("[data-pane]").dataset.pane);
  if (!pane || !matchMedia("(min-width: 1100px)").matches) return;
  event.preventDefault();
  here = rows().indexOf(link.closest("tr"));
  htmx.ajax("GET", link.href, { target: pane, swap: "innerHTML" });
});

// A greyed act says its reason instead of acting.
document.addEventListener("click", (event) => {
  if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
  const sheet = document.querySelector("details.me[open]");
  if (sheet && !sheet.contains(event.target)) sheet.open = false;
});

function count(form) {
  const boxes = document.querySelectorAll(`[data-choose][form="${CSS.escape(form.id)}"]:checked`);
  const text = form.querySelector("[data-chosen]");
  text.dataset.none ??= text.textContent;
  const many = boxes.length === 1 ? text.dataset.one : text.dataset.many;
  text.textContent = boxes.length ? many.replace("{n}", boxes.length).replace("{all}", text.dataset.all) : text.dataset.none;
  form.toggleAttribute("data-none", !boxes.length);
}

document.addEventListener("change", (event) => {
  const form = event.target.matches("[data-choose]") && event.target.form;
  if (form && form.matches("[data-bulk]")) count(form);
});
document.addEventListener("reset", (event) => {
  if (event.target.matches("[data-bulk]")) setTimeout(() => count(event.target));
});

const focusOn = (part) => part?.focus({ preventScroll: false });
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches?.(".pane")) here = -1;
  focusOn(event.target.querySelector?.("[data-focus]") ?? (event.target.matches?.("[data-focus]") ? event.target : null));
});
focusOn(document.querySelector("[data-focus]"));
document.querySelectorAll("[data-bulk]").forEach(count);
