// An article in its editor's preview: a link would lead its frame to a page that lets nobody frame it, so it opens beside.

addEventListener("click", ({ target }) => {
  const link = target.closest("a[href]");
  if (link && link.href.split("#")[0] !== location.href.split("#")[0]) link.target = "_blank";
}, true);
