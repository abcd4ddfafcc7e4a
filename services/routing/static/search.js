// `/` goes to the search box, save where somebody writes. Without it the box is reached as everything else is.

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("search");
  const writes = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || writes || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
