// Files go up while one still writes: chosen, dropped or pasted, each with its progress. What is kept is one hidden
// <input name="file"> for each; without this script the plain field sends the files with the form.
//
// <div data-upload="/hc/uploads" data-most="20" data-limit="26214400"> holds the field, <ul class="uploads">, a
// <template> of a row, and the words in its data-… attributes, with {name}, {count} and {why} where those belong.

for (const box of document.querySelectorAll("[data-upload]")) new Upload(box);

function Upload(box) {
  const form = box.closest("form");
  const field = box.querySelector("input[type=file]");
  const list = box.querySelector(".uploads");
  const row = box.querySelector("template").content.firstElementChild;
  const words = box.dataset;
  const going = new Set();
  let held = null; // the button that was pressed while files were still on their way

  field.addEventListener("change", () => {
    const chosen = [...field.files]; // clearing the field empties its list
    field.value = "";
    chosen.forEach(add);
  });
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files || [])];
    if (!files.length) return;
    event.preventDefault();
    files.forEach((file) => add(file.name === "image.png" ? renamed(file) : file));
  });
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      box.classList.add("over");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) box.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    box.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    [...event.dataTransfer.files].forEach(add);
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.dataset.own) return;
    event.preventDefault();
    remove(button.closest("li"), button.value);
  });
  form.addEventListener(
    "submit",
    (event) => {
      if (!going.size) return;
      event.preventDefault();
      event.stopPropagation();
      held = event.submitter;
      say(fill(words.waiting, { count: going.size }));
    },
    true,
  );

  function add(file) {
    const item = row.cloneNode(true);
    item.querySelector(".name").textContent = file.name;
    item.querySelector(".size").textContent = size(file.size);
    const button = item.querySelector("button");
    button.dataset.own = "yes";
    named(button, words.cancel, file);
    list.append(item);
    if (list.querySelectorAll("input[name=file]").length + going.size >= Number(words.most)) {
      fail(item, file, words.tooMany);
    } else if (file.size > Number(words.limit)) {
      fail(item, file, words.tooLarge);
    } else {
      send(file, item, button);
    }
  }

  function send(file, item, button) {
    const request = new XMLHttpRequest();
    const bar = item.querySelector("progress");
    bar.hidden = false;
    bar.setAttribute("aria-label", fill(words.going, { name: file.name }));
    going.add(request);
    request.upload.onprogress = ({ loaded, total }) => (bar.value = Math.round((100 * loaded) / total));
    request.onloadend = () => {
      going.delete(request);
      bar.hidden = true;
      const answer = read(request.responseText);
      if (request.status === 201) keep(item, button, file, answer);
      else if (item.isConnected) fail(item, file, answer.why || words.failed);
      if (!going.size && held) goOn();
    };
    button.onclick = () => {
      held = null;
      item.remove();
      request.abort();
      field.focus();
      say(fill(words.removed, { name: file.name }));
    };
    const data = new FormData();
    data.append("file", file, file.name);
    request.open("POST", words.upload);
    request.setRequestHeader("X-CSRFToken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  }

  function keep(item, button, file, answer) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: "file", value: answer.id });
    item.append(input);
    item.querySelector(".name").textContent = answer.name;
    named(button, words.remove, file);
    button.onclick = () => remove(item, answer.id);
    say(fill(words.done, { name: file.name }));
    box.dispatchEvent(new CustomEvent("uploads", { bubbles: true }));
  }

  function fail(item, file, why) {
    const error = document.createElement("span");
    error.className = "error";
    error.textContent = fill(why, { name: file.name });
    item.append(error);
    const button = item.querySelector("button");
    named(button, words.remove, file);
    button.onclick = () => {
      item.remove();
      field.focus();
    };
    held = null;
    say(error.textContent);
  }

  function remove(item, id) {
    const name = item.querySelector(".name").textContent;
    fetch(`${words.upload}/${id}/removal`, {
      method: "POST",
      headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value, Accept: "application/json" },
    });
    item.remove();
    field.focus();
    say(fill(words.removed, { name }));
    box.dispatchEvent(new CustomEvent("uploads", { bubbles: true }));
  }

  function goOn() {
    const button = held;
    held = null;
    say("");
    form.requestSubmit(button);
  }

  function say(text) {
    const place = box.querySelector("[role=status]");
    place.textContent = text;
  }

  function named(button, text, file) {
    button.querySelector(".hidden-word").textContent = fill(text, { name: file.name });
  }

  function renamed(file) {
    const at = new Date().toLocaleString("sv").replaceAll(":", ".");
    return new File([file], `${words.screenshot} ${at}.png`, { type: file.type });
  }
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(3, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: units[power],
    unitDisplay: "short",
    maximumFractionDigits: power ? 1 : 0,
  }).format(bytes / 1024 ** power);
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
