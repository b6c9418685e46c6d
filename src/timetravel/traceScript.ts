/**
 * The script of a trace's page: the slider, the keyboard, and what an entry says. It reads the page's own data and writes text
 * only, never markup.
 */
export const traceScript = `
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const { entries, fates } = JSON.parse(byId("data").textContent);
  const slider = byId("place"), told = byId("told"), play = byId("play"), help = byId("help");
  const rows = [...document.querySelectorAll(".tl-row")];
  const marks = [...document.querySelectorAll(".tl-mark")];
  const arrows = [...document.querySelectorAll(".tl-arrow")];
  const fateRows = [...document.querySelectorAll("#fates tbody tr")];
  let place = entries.length - 1, timer;
  document.body.classList.remove("no-script");

  const hidden = /[\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]/g;
  const byNumber = (char) => "\\\\u" + char.charCodeAt(0).toString(16).padStart(4, "0");
  const instant = (at) => Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);
  const show = (next, scroll) => {
    place = Math.max(0, Math.min(entries.length - 1, next));
    const entry = entries[place];
    if (entry === undefined) return;
    slider.value = String(place + 1);
    const text = "#" + entry.seq + " " + entry.type + ", " + instant(entry.at);
    slider.setAttribute("aria-valuetext", text);
    told.textContent = (place + 1) + " of " + entries.length + ": " + text;
    for (let i = 0; i < rows.length; i++) {
      rows[i].classList.toggle("tl-later", i > place);
      marks[i].classList.toggle("tl-later", i > place);
      rows[i].classList.toggle("tl-chosen", i === place);
    }
    for (const arrow of arrows) arrow.classList.toggle("tl-later", Number(arrow.dataset.to) > entry.seq);
    fates.forEach((fate, i) => {
      const now = fate.changes.filter((change) => change.seq <= entry.seq).at(-1);
      fateRows[i].classList.toggle("absent", now === undefined);
      fateRows[i].classList.toggle("changed", now !== undefined && now.seq === entry.seq);
      const cell = fateRows[i].lastElementChild;
      cell.textContent = now === undefined ? "" : now.status;
      cell.className = now === undefined ? "" : "now-" + now.state;
    });
    byId("none").hidden = fateRows.some((row) => !row.classList.contains("absent"));
    const { data, ...about } = entry;
    byId("entry").textContent = JSON.stringify({ ...about, at: instant(entry.at), data }, null, 2).replace(hidden, byNumber);
    byId("entry-title").textContent = "Entry " + entry.seq;
    byId("cause").hidden = entry.cause === 0 || !entries.some(({ seq }) => seq === entry.cause);
    if (scroll) rows[place].scrollIntoView({ block: "nearest" });
  };
  const placeOf = (seq) => entries.findIndex((entry) => entry.seq === seq);
  const stop = () => { clearInterval(timer); timer = undefined; play.textContent = "Play"; };
  const start = () => {
    if (place === entries.length - 1) show(0, true);
    play.textContent = "Pause";
    timer = setInterval(() => place === entries.length - 1 ? stop() : show(place + 1, true), 400);
  };
  const toggle = () => timer === undefined ? start() : stop();
  const step = (by) => { stop(); show(place + by, true); };
  const cause = () => { const to = placeOf(entries[place]?.cause); if (to >= 0) { stop(); show(to, true); } };

  slider.addEventListener("input", () => { stop(); show(Number(slider.value) - 1, true); });
  play.addEventListener("click", toggle);
  byId("back").addEventListener("click", () => step(-1));
  byId("forth").addEventListener("click", () => step(1));
  byId("cause").addEventListener("click", cause);
  byId("keys").addEventListener("click", () => help.showModal());
  rows.forEach((row, i) => row.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault(); stop(); show(i, false); history.replaceState(null, "", "#e" + entries[i].seq);
  }));
  marks.forEach((mark, i) => mark.addEventListener("click", () => { stop(); show(i, false); }));
  const keys = {
    ArrowLeft: () => step(-1), k: () => step(-1), ArrowRight: () => step(1), j: () => step(1),
    Home: () => step(-entries.length), End: () => step(entries.length), " ": toggle, c: cause, "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    const inSlider = event.target === slider && event.key !== "?" && event.key.length > 1;
    const onButton = event.key === " " && event.target instanceof HTMLButtonElement;
    if (inSlider || onButton || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  const asked = /^#e(\\d+)$/.exec(location.hash);
  const found = asked === null ? -1 : placeOf(Number(asked[1]));
  show(found < 0 ? entries.length - 1 : found, found >= 0);
})();
`
