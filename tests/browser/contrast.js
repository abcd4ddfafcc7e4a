// Looks at the contrast of the texts of a page, but for those whose like has passed: axe takes half a second for all.
// Alike are texts of the same colours and size on the same grounds. Of these one is looked at, and the others too where
// that settles nothing. Gives what axe has against the page, and the looks that have passed, with those that are known.
async known => {
  const rules = ['color-contrast', 'color-contrast-enhanced'];
  const options = {runOnly: {type: 'rule', values: rules}};
  const passed = new Set(known);
  const looks = new Map();
  const hash = text =>
    [...text].reduce((sum, each) => Math.imul(sum ^ each.charCodeAt(0), 0x01000193), 0x811c9dc5) >>> 0;

  for (const element of document.querySelectorAll('*')) {
    const style = getComputedStyle(element);
    const look = [
      looks.get(element.parentElement), style.color, style.backgroundColor, style.backgroundImage, style.opacity,
      style.fontSize, style.fontWeight, style.textShadow, style.position,
    ].join();
    looks.set(element, `${hash(look)}.${look.length}`);
  }
  const isText = element => element.checkVisibility({visibilityProperty: true})
    && (element.matches('input:not([type=checkbox], [type=radio]), select, textarea')
      || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()));
  const texts = [...looks.keys()].filter(isText);
  const unknown = () => texts.filter(element => !passed.has(looks.get(element)));

  const hasFlaws = async include => {
    if (!include.length) return false;
    const found = await axe.run({include}, {...options, elementRef: true, selectors: false});
    const [least, best] = rules.map(
      rule => found.passes.filter(({id}) => id === rule).flatMap(({nodes}) => nodes.map(({element}) => element)));
    for (const element of least) if (best.includes(element)) passed.add(looks.get(element));
    return found.violations.length > 0;
  };
  const oneOfEach = [...new Map(unknown().map(element => [looks.get(element), element])).values()];
  const flaws = await hasFlaws(oneOfEach) || await hasFlaws(unknown().filter(element => !oneOfEach.includes(element)));
  return {violations: flaws ? (await axe.run(options)).violations : [], passed: [...passed]};
}
