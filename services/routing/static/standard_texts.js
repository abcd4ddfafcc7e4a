// A standard text that is chosen stands in its field at once, in the place of one that was chosen just before. Without
// this script the button beside the list does it; with it, the button would put the text there once more.

for (const list of document.querySelectorAll("select[data-into]")) {
  const field = document.getElementById(list.dataset.into);
  let last = "";
  list.parentElement.querySelector("[value=insert]").remove();
  list.addEventListener("change", () => {
    const { text = "", outcome } = list.selectedOptions[0].dataset;
    const before = last && field.value.endsWith(last) ? field.value.slice(0, -last.length) : field.value;
    const between = before.trim() && text && !before.endsWith("\n\n") ? "\n\n" : "";
    last = between + text;
    field.value = before + last;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const radio = outcome && list.form.querySelector(`[name=outcome][value="${CSS.escape(outcome)}"]`);
    if (radio) radio.checked = true;
  });
}
