// Keys, live figures, the lease's heartbeat. Every page works without this; nothing here knows a value.
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Keys: one letter presses what carries it; g and a letter goes somewhere; j and k walk rows.
  let going = 0;
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    next.querySelector("a.open").focus();
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || one("dialog[open]")) return;
    const key = event.key;
    if (Date.now() - going < 1500) {
      going = 0;
      const link = one(`[data-go="${CSS.escape(key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (key === "g") { going = Date.now(); return; }
    if (key === "?") { one("#keys").showModal(); return; }
    if (key === "j" || key === "k") { event.preventDefault(); step(key === "j" ? 1 : -1); return; }
    const found = one(`[data-key="${CSS.escape(key)}"]`);
    if (!found) return;
    event.preventDefault();
    found.click();
    if (found.tagName === "SUMMARY" && found.parentElement.open) found.parentElement.querySelector("[data-focus]")?.focus();
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] tbody tr");
    if (row && !event.target.closest("a, button, input, summary")) row.querySelector("a.open").click();
  });

  // Live figures: the same markup again, only while somebody looks.
  const live = one("[data-live]");
  if (live) setInterval(async () => {
    if (document.hidden || live.contains(document.activeElement)) return;
    try {
      const answer = await fetch(live.dataset.live, { headers: { accept: "text/html" } });
      if (answer.ok && !answer.redirected) live.innerHTML = await answer.text();
    } catch { /* the next one may come through */ }
  }, 5000);

  // The lease: renewed while the page is open; said when it is lost.
  const beat = one("[data-beat]");
  if (beat) setInterval(async () => {
    const answer = await fetch(beat.dataset.beat, { method: "POST", headers: { "x-csrf-token": beat.dataset.csrf } }).catch(() => null);
    if (answer && !answer.ok) one("[data-lease]").textContent = "the lease is lost: open the case again";
  }, 1000 * Number(beat.dataset.beatS));
})();
