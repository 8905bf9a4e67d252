// The one stream of a browser: hears for all its tabs, and hands each what it asked for.

const tabs = new Map(); // port to its topics
const PAUSE = 15_000; // before asking a server again that said no
let viewer = "";
let heard = new Set(); // what the open stream was asked for
let source = null;
let timer = 0;

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (!data.topics.length) {
      tabs.delete(port);
      if (!tabs.size) close();
      return;
    }
    tabs.set(port, new Set(data.topics));
    // Somebody else has signed in: the old stream has the rights of who was here before.
    const other = viewer !== data.viewer;
    viewer = data.viewer;
    if (other || !source || source.readyState === EventSource.CLOSED || data.topics.some((topic) => !heard.has(topic))) {
      clearTimeout(timer);
      timer = setTimeout(open, 20);
    }
  };
};

// The new stream is there before the old one goes, so that nothing falls between.
function open() {
  const former = source;
  heard = new Set([...tabs.values()].flatMap((topics) => [...topics]));
  if (!heard.size) return close();
  const opened = new EventSource(`/live?${new URLSearchParams([...heard].map((topic) => ["topic", topic]))}`);
  source = opened;
  opened.onopen = () => former?.close();
  opened.onmessage = ({ data }) => tell(data);
  opened.addEventListener("again", () => tell("again"));
  opened.onerror = () => {
    if (opened.readyState !== EventSource.CLOSED || opened !== source) return;
    former?.close();
    clearTimeout(timer);
    timer = setTimeout(() => (open(), tell("again")), PAUSE);
  };
}

function tell(name) {
  for (const [port, topics] of tabs) {
    if (name === "again" || topics.has(name)) port.postMessage(name);
  }
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
  heard = new Set();
}
