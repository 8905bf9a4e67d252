// The editor of articles: Tiptap as django-prose-editor brings it, with all that an article's body may hold, and the
// bar above it. What it can't hold it does not open: such a text stays HTML, so that nothing is lost unseen.

let editor;

export async function open(form, shown, source) {
  const area = form.elements.body;
  const tools = await import(source);
  const place = document.createElement("div");
  const held = document.activeElement === shown;
  editor = new tools.Editor({
    element: place,
    extensions: schema(tools),
    content: area.value,
    injectCSS: false, // the content security policy lets no style into the page
    editorProps: {
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": area.getAttribute("aria-label"), lang: area.lang, class: "article-body", spellcheck: "true" },
      handleKeyDown: (_view, event) => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && ask("link"),
      handlePaste: (_view, event) => pictures([...(event.clipboardData?.files ?? [])]),
      handleDrop: (_view, event) => pictures([...(event.dataTransfer?.files ?? [])]),
    },
    onUpdate: () => {
      area.value = tidy(editor.getHTML());
      area.dispatchEvent(new Event("input", { bubbles: true }));
    },
    onTransaction: pressed,
  });
  if (loses(area.value, tidy(editor.getHTML()))) {
    editor.destroy();
    shown.remove();
    area.hidden = false;
    document.getElementById("only-html").hidden = false;
    area.focus();
    return;
  }
  shown.replaceWith(place);
  document.getElementById("toolbar").hidden = false;
  bar(form);
  if (held) editor.commands.focus("start");
  pressed();
}

// --- What a body may hold: as lib/article.py has it ---

function schema(tools) {
  const { Document, Paragraph, Text, HardBreak, Bold, Italic, Code, CodeBlock, Link, BulletList, OrderedList, ListItem, Blockquote, HorizontalRule, Heading, Strike, Subscript, Superscript, Underline, Image, Table, TableRow, TableCell, TableHeader, History, Dropcursor, Gapcursor, Mark, Node, mergeAttributes } = tools;
  const inline = (name, tag = name) =>
    Mark.create({ name, parseHTML: () => [{ tag }], renderHTML: ({ HTMLAttributes }) => [tag, mergeAttributes(HTMLAttributes), 0] });
  const box = (name, tag, content, more = {}) =>
    Node.create({ name, content, defining: true, parseHTML: () => [{ tag }], renderHTML: ({ HTMLAttributes }) => [tag, mergeAttributes(HTMLAttributes), 0], ...more });
  const own = (name, take = (element) => element.getAttribute(name)) => ({ [name]: { default: null, keepOnSplit: false, parseHTML: take } });
  const kind = (element) => ["note", "tip", "warning"].find((one) => element.classList.contains(one)) ?? "note";
  return [
    ...[Document, Paragraph, Text, HardBreak, Bold, Italic, Code, BulletList, OrderedList, ListItem, Blockquote, HorizontalRule, Strike, Subscript, Superscript, Underline, TableRow, History, Dropcursor, Gapcursor],
    CodeBlock.configure({ languageClassPrefix: "language-" }),
    Heading.configure({ levels: [2, 3, 4] }).extend({ addAttributes() { return { ...this.parent?.(), ...own("id") }; } }),
    Link.extend({ addAttributes: () => ({ ...own("href"), ...own("title"), ...own("class", (one) => (one.classList.contains("video") ? "video" : null)) }) })
      .configure({ enableTarget: false, autolink: true, openOnClick: false, HTMLAttributes: { rel: null, target: null } }),
    Image.extend({ addAttributes: () => ({ ...own("src"), alt: { default: "" }, ...own("width"), ...own("height") }) }),
    Table.configure({ resizable: false, renderWrapper: false }),
    TableCell.extend({ addAttributes() { return { ...this.parent?.(), colwidth: { default: null, rendered: false } }; } }),
    TableHeader.extend({ addAttributes() { return { ...this.parent?.(), colwidth: { default: null, rendered: false }, ...own("scope") }; } }),
    box("figure", "figure", "(image | table | codeBlock) figcaption?", { group: "block", isolating: true }),
    box("figcaption", "figcaption", "inline*"),
    box("callout", "aside", "block+", { group: "block", addAttributes: () => ({ class: { default: "note", parseHTML: kind } }), addNodeView: () => noted }),
    box("descriptions", "dl", "(term | description)+", { group: "block" }),
    box("term", "dt", "inline*"),
    box("description", "dd", "block+"),
    ...["kbd", "mark", "samp", "var", "q", "ins"].map((name) => inline(name)),
    inline("abbr").extend({ addAttributes: () => own("title") }),
  ];
}

// A callout while it is written: no landmark of the page around it.
function noted({ node }) {
  const dom = Object.assign(document.createElement("aside"), { className: node.attrs.class, role: "note" });
  return { dom, contentDOM: dom };
}

// As somebody would write it by hand: no paragraph around the only words of a cell, a point or an explanation.
function tidy(html) {
  const holder = new DOMParser().parseFromString(html, "text/html").body;
  for (const part of holder.querySelectorAll("colgroup")) part.remove();
  for (const [which, name] of [["[style]", "style"], ["ol", "data-type"], ["[colspan='1']", "colspan"], ["[rowspan='1']", "rowspan"]]) {
    for (const part of holder.querySelectorAll(which)) part.removeAttribute(name);
  }
  for (const part of holder.querySelectorAll("td, th, li, dd")) {
    const [first, ...rest] = part.children;
    if (first?.matches("p") && rest.every((one) => one.matches("ul, ol"))) first.replaceWith(...first.childNodes);
  }
  for (const last of holder.querySelectorAll(":scope > p:last-child:empty")) last.remove();
  return holder.innerHTML;
}

// Whether the editor would drop something: words, or a kind of part, apart from what means nothing to readers.
function loses(before, after) {
  const [was, is] = [before, after].map((html) => new DOMParser().parseFromString(html, "text/html").body);
  const words = (body) => body.textContent.replace(/\s+/g, "");
  const counts = (body) => {
    const found = {};
    for (const { localName } of body.querySelectorAll(":not(p, thead, tbody, tfoot, br, b, strong, i, em, s, del)")) found[localName] = (found[localName] ?? 0) + 1;
    return found;
  };
  const [had, has] = [counts(was), counts(is)];
  return words(was) !== words(is) || Object.entries(had).some(([name, count]) => (has[name] ?? 0) < count);
}

// --- The bar ---

const doing = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  code: (chain) => chain.toggleCode(),
  kbd: (chain) => chain.toggleMark("kbd"),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  blockquote: (chain) => chain.toggleBlockquote(),
  codeBlock: (chain) => chain.toggleCodeBlock(),
  note: (chain) => callout(chain, "note"),
  tip: (chain) => callout(chain, "tip"),
  warning: (chain) => callout(chain, "warning"),
  table: (chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
  rowAfter: (chain) => chain.addRowAfter(),
  columnAfter: (chain) => chain.addColumnAfter(),
  rowOff: (chain) => chain.deleteRow(),
  columnOff: (chain) => chain.deleteColumn(),
  headRow: (chain) => chain.toggleHeaderRow(),
  tableOff: (chain) => chain.deleteTable(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};

function callout(chain, name) {
  if (editor.isActive("callout", { class: name })) return chain.lift("callout");
  return editor.isActive("callout") ? chain.updateAttributes("callout", { class: name }) : chain.wrapIn("callout", { class: name });
}

const isOn = { note: ["callout", { class: "note" }], tip: ["callout", { class: "tip" }], warning: ["callout", { class: "warning" }] };

function pressed() {
  const toolbar = document.getElementById("toolbar");
  for (const tool of toolbar.querySelectorAll("[aria-pressed]")) {
    tool.setAttribute("aria-pressed", String(editor.isActive(...(isOn[tool.dataset.do] ?? [tool.dataset.do]))));
  }
  toolbar.querySelector("[data-block]").value = String(editor.getAttributes("heading").level ?? 0);
  toolbar.querySelector(".in-table").hidden = !editor.isActive("table");
}

function bar(form) {
  const toolbar = document.getElementById("toolbar");
  const tools = () => [...toolbar.querySelectorAll("select, button")].filter((one) => one.offsetParent);
  toolbar.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault()); // the selection stays
  toolbar.addEventListener("click", (event) => {
    const name = event.target.closest("[data-do]")?.dataset.do;
    if (["link", "picture", "video"].includes(name)) ask(name);
    else if (name) doing[name](editor.chain().focus()).run();
  });
  toolbar.querySelector("[data-block]").addEventListener("change", ({ target }) => {
    const level = Number(target.value);
    const chain = editor.chain().focus();
    (level ? chain.setHeading({ level }) : chain.setParagraph()).run();
  });
  // One stop for Tab; arrows lead on.
  tools().forEach((tool, at) => (tool.tabIndex = at ? -1 : 0));
  toolbar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = tools();
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    for (const tool of toolbar.querySelectorAll("select, button")) tool.tabIndex = tool === next ? 0 : -1;
    next.focus();
  });
  for (const dialog of document.querySelectorAll("dialog[data-insert]")) dialog.addEventListener("close", () => answered(dialog));
  document.querySelector("[data-no-link]")?.addEventListener("click", () => editor.chain().extendMarkRange("link").unsetLink().run());
  document.getElementById("link-found").addEventListener("article", ({ target, detail }) => {
    const dialog = target.closest("dialog");
    dialog.querySelector("[name=href]").value = detail.href;
    dialog.dataset.title = detail.title;
    dialog.close("set");
  });
  document.getElementById("picture-file").addEventListener("change", ({ target }) => upload(form, target.files[0]));
  editor.pictured = (file) => {
    ask("picture");
    upload(form, file);
  };
}

// --- Links, pictures and videos: each asked for in a dialog ---

function ask(name) {
  const dialog = document.querySelector(`dialog[data-insert=${name}]`);
  dialog.querySelector("form").reset();
  dialog.returnValue = "";
  delete dialog.dataset.title;
  delete dialog.dataset.file;
  if (name === "link") {
    dialog.querySelector("[name=href]").value = editor.getAttributes("link").href ?? "";
    document.getElementById("link-found").replaceChildren();
  } else if (name === "picture") picture(dialog, editor.getAttributes("image"));
  dialog.showModal();
  return true;
}

function picture(dialog, { src, alt }) {
  dialog.dataset.file = src ?? "";
  dialog.querySelector("[name=alt]").value = alt ?? "";
  dialog.querySelector("[data-show]").replaceChildren();
}

function answered(dialog) {
  if (dialog.returnValue === "set") inserts[dialog.dataset.insert](new FormData(dialog.querySelector("form")), dialog.dataset);
  editor.commands.focus();
}

const inserts = {
  link(data, { title }) {
    const href = data.get("href").trim();
    if (!href) return;
    const chain = editor.chain().focus().extendMarkRange("link");
    if (editor.state.selection.empty && !editor.isActive("link")) {
      chain.insertContent({ type: "text", text: title || href, marks: [{ type: "link", attrs: { href } }] }).run();
    } else chain.setLink({ href }).run();
  },
  picture(data, { file }) {
    if (!file) return;
    const attrs = { src: file, alt: data.get("alt").trim() };
    if (editor.isActive("image")) editor.chain().updateAttributes("image", attrs).run();
    else editor.chain().insertContent({ type: "figure", content: [{ type: "image", attrs }] }).run();
  },
  video(data) {
    const href = data.get("href").trim();
    const text = data.get("title").trim() || href;
    if (href) editor.chain().insertContent({ type: "paragraph", content: [{ type: "text", text, marks: [{ type: "link", attrs: { href, class: "video" } }] }] }).run();
  },
};

function pictures(files) {
  const file = files.find((one) => one.type.startsWith("image/"));
  if (!file) return false;
  editor.pictured(file);
  return true;
}

async function upload(form, file) {
  if (!file) return;
  const dialog = document.querySelector("dialog[data-insert=picture]");
  const says = dialog.querySelector("[role=status]");
  says.textContent = dialog.dataset.going;
  const data = new FormData();
  data.append("file", file, file.name);
  const answer = await fetch(dialog.dataset.uploads, { method: "POST", body: data, headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value, Accept: "application/json" } }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.status !== 201) {
    says.textContent = told?.why ?? dialog.dataset.failed;
    return;
  }
  says.textContent = "";
  dialog.dataset.file = `/hc/files/${told.id}`;
  const shown = Object.assign(document.createElement("img"), { src: dialog.dataset.file, alt: "" });
  dialog.querySelector("[data-show]").replaceChildren(shown);
  dialog.querySelector("[name=alt]").focus();
}
