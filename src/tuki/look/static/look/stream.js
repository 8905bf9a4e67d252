// The page's ears. The server tells names of what has changed, never what; whoever shows it asks again:
// <ol hx-get="…" hx-trigger="ticket-12 from:body">. Topics stand in <body data-topics="ticket-12 person-7">.
// All tabs of a browser share one stream, in a shared worker: a browser has six connections for a server.

const body = document.body;
const topics = (body.dataset.topics || "").split(/\s+/).filter(Boolean);
const worker = document.querySelector("script[data-stream-worker]")?.dataset.streamWorker;

const waiting = new Set();
let flushedAt = 0;
let timer = 0;

function hear(name) {
  for (const topic of name === "again" ? topics : [name]) {
    if (topics.includes(topic)) waiting.add(topic);
  }
  if (!timer) timer = setTimeout(flush, Math.max(0, flushedAt + 1000 - performance.now()));
}

// At most once a second, and in a hidden tab when it is looked at again.
function flush() {
  timer = 0;
  if (document.hidden || !waiting.size) return;
  flushedAt = performance.now();
  const names = [...waiting];
  waiting.clear();
  for (const name of names) body.dispatchEvent(new CustomEvent(name));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && waiting.size) hear("");
});

function shared() {
  const { port } = new SharedWorker(worker, { name: "tuki-stream" });
  const ask = () => port.postMessage({ topics, viewer: body.dataset.viewer || "" });
  port.onmessage = ({ data }) => hear(data);
  ask();
  addEventListener("pagehide", () => port.postMessage({ topics: [] }));
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      ask();
      hear("again");
    }
  });
}

function alone() {
  const source = new EventSource(`/live?${new URLSearchParams(topics.map((topic) => ["topic", topic]))}`);
  source.onmessage = ({ data }) => hear(data);
  source.addEventListener("again", () => hear("again"));
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && (alone(), hear("again")));
}

if (topics.length) {
  if ("SharedWorker" in window && worker) shared();
  else alone();
}
