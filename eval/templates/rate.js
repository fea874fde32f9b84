// Without this script the page works by mouse and touch; with it, by keyboard alone too.
const form = document.querySelector("form");
const rows = [...document.querySelectorAll(".row")];
const inputs = (row) => [...row.querySelectorAll("input")];
let current = 0;

const go = (to, focus = true) => {
  current = Math.max(0, Math.min(rows.length - 1, to));
  rows.forEach((row, k) => row.classList.toggle("current", k === current));
  const row = rows[current];
  const input = inputs(row).find((i) => i.checked) ?? inputs(row)[0];
  if (focus) input.focus({ preventScroll: true });
  if (focus) row.scrollIntoView({ block: "nearest" });
};
const choose = (number) => {
  const input = inputs(rows[current])[number];
  if (!input) return;
  input.checked = true;
  go(current + 1);
};
const change = (by) => {
  const all = inputs(rows[current]);
  const at = all.findIndex((i) => i.checked);
  const to = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by));
  all[to].checked = true;
  all[to].focus({ preventScroll: true });
};
const actions = {
  ArrowDown: () => go(current + 1),
  ArrowUp: () => go(current - 1),
  ArrowRight: () => change(1),
  ArrowLeft: () => change(-1),
  Enter: () => form.requestSubmit(form.querySelector(".save")),
};

if (form) {
  rows.forEach((row, k) => {
    row.addEventListener("focusin", () => go(k, false));
    row.addEventListener("click", () => go(k, false));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    // Links, buttons and boxes with their own scroll keep their keys; numbers go to the marks.
    const own = event.target.closest("a, button, summary, pre, .essay");
    if (/^[1-5]$/.test(event.key)) choose(Number(event.key) - 1);
    else if (!own && event.key in actions) actions[event.key]();
    else return;
    event.preventDefault();
  });
  const open = rows.findIndex((row) => !inputs(row).some((i) => i.checked));
  go(open < 0 ? rows.length - 1 : open, false);
}
