// The scan page: every key that a scanner types gets into the box, whatever has the focus and however early it comes; scans wait
// in a row, and each is sent when the one before was answered. What the server answers is put in place of the newest result and
// of the cart; the box itself is never replaced. Without this script the same forms work page by page.
//
// It is loaded before the page is there, so that nothing typed meanwhile is lost.

(() => {
  const ROW = "scans-waiting"; // kept for this tab, so that a sign-in in the middle loses none
  const AGAIN_MS = 2000; // after which a lost connection is tried again
  const POLLS_MS = [150, 150, 250, 250, 400, 400, 600, 1000, 3000]; // how soon it is asked what has become of what is under way, if no news come (live.js)

  const row = JSON.parse(sessionStorage.getItem(ROW) ?? "[]");
  const lines = []; // scanned before there was a box
  let early = ""; // the beginning of a scan that was typed before the box could take it
  let isSending = false;
  let answers = 0;
  let polls = 0;
  let timer = 0;

  const box = () => document.getElementById("scan");
  const form = () => document.getElementById("scan-form");
  const isField = (element) => element.closest?.("input:not([type=hidden]), textarea") != null;
  const isControl = (element) => element.closest?.("a, button, summary, select") != null;

  // ── keys ──

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.altKey) {
      if (/^[0-9]$/.test(event.key) && press(`[data-mode="${event.key}"]`)) event.preventDefault();
      return;
    }
    if (isField(event.target)) return;
    if (event.key.length === 1 && !(event.key === " " && isControl(event.target))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (box()) {
        box().focus();
        box().value += event.key;
      } else {
        early += event.key;
      }
    } else if (event.key === "Enter" && !isControl(event.target)) {
      event.preventDefault();
      if (form()) take();
      else if (early) lines.push(early);
      if (!form()) early = "";
    }
  }, true);

  const press = (selector) => {
    const found = document.querySelector(selector);
    if (!found) return false;
    if (found instanceof HTMLFormElement) found.requestSubmit();
    else found.click();
    return true;
  };

  // One key and Enter presses a button: of the newest result first, then of the page.
  const pressed = (text) => {
    if (!/^[0-9a-z]$/.test(text)) return false;
    if (text === "s") {
      deskSounds.turn();
      return true;
    }
    if (text === "u") return press("#said [data-left]");
    return press(`#said [data-key="${text}"]`) || press(`[data-mode="${text}"]`) || press(`#cart [data-key="${text}"]`);
  };

  const take = () => {
    const text = early + box().value;
    early = "";
    box().value = "";
    if (text.trim() && !pressed(text.trim())) add(form().action, fieldsOf(form(), { code: text }));
  };

  const fieldsOf = (of, more = {}) => ({ ...Object.fromEntries(new FormData(of)), ...more });

  const whole = () => (form().elements.whole ? { whole: "true" } : {}); // all of a long cart stays listed

  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (sent.id === "scan-form") {
      event.preventDefault();
      take();
    } else if (sent.matches(".find")) {
      event.preventDefault();
      const typed = sent.querySelector("[name=code]");
      if (typed.value.trim()) add(form().action, fieldsOf(form(), { code: typed.value }));
      typed.value = "";
      box().focus();
    } else if (sent.matches("[data-scanning]")) {
      event.preventDefault();
      add(sent.action, { ...whole(), ...fieldsOf(sent) });
    }
  }, true);

  // ── the row of scans ──

  const keep = () => sessionStorage.setItem(ROW, JSON.stringify(row));

  const add = (action, fields) => {
    const { form_token: _token, ...said } = fields;
    row.push({ action: new URL(action).pathname, fields: { ...said, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` } });
    keep();
    send();
  };

  const send = async () => {
    if (isSending) return;
    isSending = true;
    while (row.length && (await sent(row[0]))) {
      row.shift();
      keep();
    }
    isSending = false;
    poll(true);
  };

  // Whether it was answered. What was not stays in the row.
  const sent = async ({ action, fields }) => {
    let answer;
    try {
      answer = await fetch(action, {
        method: "POST",
        headers: { "X-Form-Token": form().elements.form_token.value, "X-Part": "scan" },
        body: new URLSearchParams(fields),
        redirect: "manual",
      });
    } catch {
      return later("There is no connection to the gateway.");
    }
    if (answer.type === "opaqueredirect" || answer.status === 403) return signIn();
    if (answer.status === 503) return later("The gateway can't take it just now.");
    answers += 1;
    place(new DOMParser().parseFromString(await answer.text(), "text/html"), true);
    return true;
  };

  const later = (why) => {
    tell(`${why} ${counted(row.length)} and will be sent by itself: go on scanning.`);
    setTimeout(send, AGAIN_MS);
    return false;
  };

  const signIn = () => {
    const way = `/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`;
    const link = Object.assign(document.createElement("a"), { href: way, textContent: "Sign in again" });
    tell(`You are signed out. ${counted(row.length)} until you are back. `, link);
    return false;
  };

  const counted = (count) => (count === 1 ? "1 scan waits" : `${count} scans wait`);

  const tell = (...words) => {
    const line = document.createElement("p");
    line.className = "line";
    line.append(...words);
    const result = document.createElement("div");
    result.className = "result amber";
    result.append(line);
    document.getElementById("said").replaceChildren(result);
    sound("look");
  };

  const sound = (name) => globalThis.deskSounds?.play(name);

  // ── what the server said ──

  const place = (answer, isNewest) => {
    const [said, cart] = ["said", "cart"].map((name) => answer.getElementById(`${name}-now`));
    if (!said || !cart) {
      const trouble = [...answer.querySelectorAll("main h1, main .sheet > p")].map((each) => each.textContent);
      tell(trouble.slice(0, 2).join(". ") || "The answer can't be read.");
      return;
    }
    const waited = new Set([...document.querySelectorAll("#cart tr[data-open]")].map((each) => each.dataset.scan));
    const shows = document.querySelector("#said [data-open]");
    if (isNewest || shows) document.getElementById("said").replaceChildren(...said.childNodes);
    const isAtLabels = document.activeElement?.closest("#cart .labels") != null; // somebody says where the sheet goes on
    if (isNewest || !isAtLabels) document.getElementById("cart").replaceChildren(...cart.childNodes);
    const newest = document.querySelector("#said [data-result]");
    if (isNewest && newest && !("open" in newest.dataset) && !("repeated" in newest.dataset)) sound(newest.dataset.result);
    for (const scan of waited) {
      const settled = document.querySelector(`#cart tr[data-scan="${CSS.escape(scan)}"]:not([data-open])`);
      if (settled && !(isNewest && newest?.dataset.scan === scan)) sound(settled.dataset.result);
    }
    if (document.activeElement === document.body || document.activeElement === null) box().focus();
    count();
    listen();
  };

  const poll = (isNew) => {
    clearTimeout(timer);
    if (isNew) polls = 0;
    if (isSending || !document.querySelector("[data-open]")) return;
    timer = setTimeout(look, document.hidden ? 5000 : POLLS_MS[Math.min(polls++, POLLS_MS.length - 1)]);
  };

  const look = async () => {
    clearTimeout(timer);
    const before = answers;
    const { cart, mode } = form().elements;
    const scan = document.querySelector("#said [data-scan]")?.dataset.scan ?? "";
    const asked = new URLSearchParams({ cart: cart.value, mode: mode.value, scan, ...whole() });
    try {
      const answer = await fetch(`/scan/cart?${asked}`, { redirect: "manual", headers: { "X-By-Itself": "scan" } });
      if (answer.ok && answers === before) place(new DOMParser().parseFromString(await answer.text(), "text/html"), false);
    } catch {
      // a lost connection is told of by the next scan; this is asked again
    }
    poll(false);
  };

  // Which requests' news concern the cart (live.js): those on which something is under way.
  const listen = () => {
    const waits = document.querySelectorAll("#cart tr[data-open]");
    document.getElementById("cart").dataset.live = [...waits].map((each) => each.dataset.request).join(" ");
  };

  // ── time to undo ──

  const count = () => {
    for (const undo of document.querySelectorAll("[data-left]:not([data-ends])")) {
      undo.dataset.ends = String(performance.now() + 1000 * Number(undo.dataset.left));
    }
  };
  setInterval(() => {
    for (const undo of document.querySelectorAll("[data-ends]")) {
      const left = Math.ceil((Number(undo.dataset.ends) - performance.now()) / 1000);
      const seconds = undo.querySelector("[data-seconds]");
      const words = `${left} s`;
      if (left <= 0) undo.remove();
      else if (seconds && seconds.textContent !== words) seconds.textContent = words; // the same words anew are laid out anew
    }
  }, 500);

  document.addEventListener("DOMContentLoaded", () => {
    const { cart, mode } = form().elements;
    const here = new URLSearchParams(location.search);
    here.set("cart", cart.value);
    if (mode.value !== "next") here.set("mode", mode.value);
    if (document.querySelector("#said [data-scan]")) here.set("scan", document.querySelector("#said [data-scan]").dataset.scan);
    history.replaceState(null, "", `/scan?${here}`);
    for (const line of lines.splice(0)) add(form().action, fieldsOf(form(), { code: line }));
    if (early) {
      box().value = early + box().value;
      early = "";
    }
    box().focus();
    count();
    listen();
    document.getElementById("cart").addEventListener("news", () => isSending || look());
    if (row.length) send();
    else poll(true);
  });
})();
