// Streams answers into the porch, takes a dropped answer up again, keeps what is being typed. Every form also works
// without it. Whatever comes from the server or a person is set as text, never as markup.
(() => {
  "use strict";
  const chat = document.querySelector("[data-chat]");
  const turns = document.getElementById("turns");
  if (!chat || !turns || !window.ReadableStream) return;
  const { base, code = "", realtor } = chat.dataset;
  const query = code && `?c=${encodeURIComponent(code)}`;
  const box = document.getElementById("question");
  const lead = document.querySelector("[data-lead-form]");
  const errorLine = document.getElementById("ask-error");
  const root = document.documentElement;
  const STREAM = { Accept: "text/event-stream" };

  // What outlives a reload, read by name or written; nothing, where a browser has no storage.
  const kept = (name, value) => {
    try {
      const key = `porch ${base} ${name}`;
      if (value === undefined) return sessionStorage.getItem(key);
      if (value) sessionStorage.setItem(key, value);
      else sessionStorage.removeItem(key);
    } catch { return null; }
  };

  const make = (tag, name, ...parts) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...parts);
    return element;
  };
  const text = (tag, name, words) => Object.assign(make(tag, name, words), { dir: "auto" });
  const who = () => {
    const name = chat.querySelector(".who").cloneNode(true);
    name.querySelector(".whose")?.remove();
    return name;
  };
  const offer = () => document.querySelector("#composer .offer").cloneNode(true);

  // ---- One turn ----

  const slotOf = (row, question) => {
    row.querySelector("noscript")?.remove();
    const slot = { row, question, answer: row.querySelector(".answer"), said: row.querySelector(".said"), last: 0, retry: 800 };
    slot.said.textContent = "";
    row.ariaBusy = "true";
    const note = make("p", "fine wait");
    slot.answer.append(note);
    slot.timers = [
      setTimeout(() => note.append("Looking through what is on record."), 2000),
      setTimeout(() => note.replaceChildren("This takes longer than usual. Wait, or leave the question: ", offer()), 10000),
    ];
    return slot;
  };

  const addRow = (question) => {
    document.getElementById("latest")?.removeAttribute("id");
    const row = make("li", "", text("p", "question", question), make("div", "answer", who(), text("p", "said", "")));
    row.firstChild.prepend(make("span", "sr", "You asked: "));
    row.id = "latest";
    turns.append(row);
    return slotOf(row, question);
  };

  let held = false;
  ["wheel", "touchmove"].forEach((name) => addEventListener(name, () => (held = true), { passive: true }));
  const show = (slot) => {
    if (!held && slot.row.offsetHeight < innerHeight * 0.7) slot.row.scrollIntoView({ block: "nearest" });
  };

  const quiet = (slot) => {
    slot.timers.forEach(clearTimeout);
    slot.answer.querySelector(".wait")?.remove();
  };

  const cite = (slot, citation) => {
    const chip = make("summary", "", make("span", "sr", "Source: "), make("bdi", "", citation.label));
    const details = make("details", "cite", chip, text("blockquote", "", citation.quote), text("p", "origin", citation.origin));
    const sources = slot.answer.querySelector(".sources") || slot.answer.appendChild(make("div", "sources"));
    sources.append(details);
  };

  const take = (slot, name, data) => {
    if (name === "started") {
      slot.turn = slot.row.dataset.turn = data.turn_id;
      slot.said.textContent = "";
      slot.answer.querySelector(".sources")?.remove();
      kept("running", JSON.stringify({ turn: slot.turn, question: slot.question }));
      if (box && !box.value) kept("question", "");
    } else if (name === "text") {
      quiet(slot);
      slot.said.textContent += data.text;
    } else if (name === "citation") {
      cite(slot, data.citation);
    } else if (name === "done") {
      quiet(slot);
      const whole = data.text || `No answer came. Leave your question and ${realtor} will get back to you.`;
      if (slot.said.textContent !== whole) slot.said.textContent = whole;
      if (data.outcome === "unknown" || data.outcome === "unavailable") {
        slot.answer.append(offer());
        openQuestion = slot.question;
      }
      slot.done = true;
    }
    show(slot);
  };

  // Reads Server-Sent Events; ends when the connection does.
  const read = async (response, slot) => {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (let buffer = ""; !slot.done; ) {
      const { done, value } = await reader.read();
      if (done) return;
      buffer += decoder.decode(value, { stream: true });
      let end;
      while ((end = buffer.indexOf("\n\n")) >= 0) {
        const event = {};
        for (const line of buffer.slice(0, end).split("\n")) {
          const at = line.indexOf(":");
          if (at > 0) event[line.slice(0, at)] = line.slice(at + 1).replace(/^ /, "");
        }
        buffer = buffer.slice(end + 2);
        slot.retry = Number(event.retry) || slot.retry;
        if (!event.data) continue;
        take(slot, event.event, JSON.parse(event.data));
        slot.last = event.id;
      }
    }
  };

  // What a refused request says for itself (RFC 9457), and the faults of single fields.
  const problem = async (response) => {
    const { errors = [], detail } = await response.json().catch(() => ({}));
    return { errors, message: errors[0]?.message || detail || "Something went wrong on our side." };
  };

  const fail = (slot, message) => {
    quiet(slot);
    const again = make("button", "again", "Try again");
    again.onclick = () => {
      if (running) return;
      slot.row.remove();
      if (box?.value.trim() === slot.question) write("");
      ask(slot.question);
    };
    slot.answer.append(Object.assign(make("p", "error", `${message} `, again), { role: "alert" }));
    if (!slot.turn && box && !box.value) write(slot.question);
    show(slot);
  };

  // Follows a turn to its end over as many connections as that takes.
  const follow = async (slot, connect) => {
    const resume = () => fetch(`${base}/turns/${slot.turn}${query}`, { headers: { ...STREAM, "Last-Event-ID": String(slot.last) } });
    for (let tries = 0; ; ) {
      const before = slot.last;
      try {
        const response = await (connect || resume)();
        if (response.status >= 500 && slot.turn) throw response;
        if (!response.ok) return fail(slot, (await problem(response)).message);
        await read(response, slot);
      } catch { /* the connection broke */ }
      if (slot.done) return;
      if (!slot.turn) return fail(slot, "Your question was not sent. Check the connection; what you typed is still here.");
      // Where nothing new came, the answer is taken from its beginning.
      tries = slot.last === before ? tries + 1 : 1;
      if (tries > 1) slot.last = 0;
      if (tries > 5) return fail(slot, "The connection was lost. The answer is kept: reload the page to see it.");
      await new Promise((done) => setTimeout(done, slot.retry * tries));
      connect = null;
    }
  };

  let running = false;
  let openQuestion = "";
  const run = async (slot, connect) => {
    running = true;
    root.classList.add("asking");
    await follow(slot, connect);
    slot.row.ariaBusy = null;
    if (slot.done || slot.turn) kept("running", "");
    root.classList.remove("asking");
    running = false;
  };

  const ask = (question) => {
    held = false;
    const slot = addRow(question);
    show(slot);
    const body = new URLSearchParams({ question, c: code });
    run(slot, () => fetch(`${base}/ask`, { method: "POST", headers: STREAM, body }));
  };

  // ---- Forms ----

  const grow = () => {
    if (!box || CSS.supports("field-sizing", "content")) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };
  const write = (value) => {
    box.value = value;
    kept("question", value);
    grow();
  };

  addEventListener("submit", (event) => {
    if (!event.target.matches("[data-ask]")) return;
    event.preventDefault();
    const chosen = event.submitter?.name === "question" ? event.submitter : null;
    const question = (chosen ? chosen.value : box.value).trim();
    if (running || !question) return;
    errorLine.textContent = "";
    // What was asked, by tap or typed, is not offered again.
    const same = (button) => button.value.toLowerCase() === question.toLowerCase();
    [...document.querySelectorAll(".suggested button")].filter(same).forEach((button) => button.remove());
    // The draft is forgotten for good once the server has it.
    if (!chosen) box.value = "";
    grow();
    ask(question);
  });

  box?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    box.form.requestSubmit();
  });

  const details = lead?.closest("details");
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-lead]") || !details) return;
    event.preventDefault();
    details.open = true;
    if (openQuestion && !kept("message")) lead.elements.message.value = openQuestion;
    lead.scrollIntoView({ block: "center" });
    lead.elements.name.focus({ preventScroll: true });
  });

  const told = (name, message) => {
    document.getElementById(name ? `lead-${name}-error` : "lead-error").textContent = message;
    if (name) lead.elements[name].ariaInvalid = message ? "true" : null;
  };
  const FIELDS = ["name", "email", "phone", "message"];
  const forget = () => FIELDS.forEach((name) => kept(name, ""));

  const thank = () => {
    const thanks = make("p", "thanks", make("span", "", "Thank you. ", make("bdi", "", realtor), " has your message and will get back to you."));
    Object.assign(thanks, { id: "thanks", role: "status", tabIndex: -1 });
    document.getElementById("thanks")?.remove();
    details.before(thanks);
    return thanks;
  };

  const sent = () => {
    forget();
    kept(`thanks ${code}`, "1");
    details.open = false;
    lead.elements.message.value = openQuestion = "";
    thank().focus();
  };

  lead?.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (lead.dataset.busy) return;
    lead.dataset.busy = "true";
    document.getElementById("thanks")?.remove();
    kept(`thanks ${code}`, "");
    ["", ...FIELDS].forEach((name) => told(name, ""));
    try {
      const body = new URLSearchParams(new FormData(lead));
      const response = await fetch(lead.action, { method: "POST", headers: { Accept: "application/json" }, body });
      if (response.ok) {
        sent();
      } else {
        const { errors, message } = await problem(response);
        errors.forEach((one) => FIELDS.includes(one.field) && told(one.field, one.message));
        const first = lead.querySelector("[aria-invalid]");
        if (first) first.focus();
        else told("", message);
      }
    } catch {
      told("", "Your message was not sent. Check the connection and send it again; what you typed is still here.");
    }
    delete lead.dataset.busy;
  });

  // ---- Drafts, a phone's keyboard, answers under way ----

  if (document.getElementById("thanks")) {
    forget();
    kept(`thanks ${code}`, "1");
    history.replaceState(null, "", location.pathname + query);
  } else if (kept(`thanks ${code}`) && details) {
    thank();
  }
  document.querySelectorAll("[data-keep]").forEach((field) => {
    const draft = kept(field.name);
    if (draft) field.value = draft;
    field.addEventListener("input", () => {
      kept(field.name, field.value);
      grow();
    });
  });
  grow();

  const view = window.visualViewport;
  const lift = () => {
    const hidden = view.scale > 1.05 ? 0 : Math.max(0, innerHeight - view.height - view.offsetTop);
    root.style.setProperty("--keyboard", `${hidden}px`);
  };
  ["resize", "scroll"].forEach((name) => view?.addEventListener(name, lift));

  const pending = turns.querySelector("[data-pending]");
  const left = JSON.parse(kept("running") || "null");
  if (pending) {
    const slot = slotOf(pending, pending.querySelector(".question").lastChild.textContent);
    slot.turn = pending.dataset.turn;
    run(slot);
  } else if (left && !turns.querySelector(`[data-turn="${CSS.escape(left.turn)}"]`)) {
    const slot = addRow(left.question);
    slot.turn = left.turn;
    run(slot);
  } else {
    kept("running", "");
  }
})();
