// The modules of the chosen product only, and none to choose where it has none.

const product = document.getElementById("id_product");
const module = document.getElementById("id_module");

if (product && module) {
  const groups = [...module.querySelectorAll("optgroup")];
  const fit = () => {
    const name = product.selectedOptions[0].text;
    const own = groups.filter((group) => !product.value || group.label === name);
    const chosen = module.value;
    module.replaceChildren(module.options[0], ...own);
    module.value = chosen;
    if (module.selectedIndex < 0) module.selectedIndex = 0;
    module.closest(".field").hidden = !own.length;
  };
  product.addEventListener("change", fit);
  fit();
}
