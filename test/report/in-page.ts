// What is asked of a page in the browser itself, as text: its globals are not those of this program.

const inPage = (source: string): string => `(() => {${source}})()`;

export const unfold = inPage('for (const each of document.querySelectorAll("details")) each.open = true;');

export const pixelsTooWide = inPage('return document.scrollingElement.scrollWidth - document.documentElement.clientWidth;');

/** Elements that can be pressed and that a screen reader could only call by their kind. */
export const nameless = inPage(`
  const nameOf = (each) => each.ariaLabel || each.textContent;
  return [...document.querySelectorAll('a[href], button, [role=slider], summary, input')].filter((each) => nameOf(each).trim() === '').map((each) => each.outerHTML.slice(0, 120));
`);

export const lostAnchors = inPage(`
  const wanted = [...document.querySelectorAll('a[href^="#"]')].map((each) => decodeURIComponent(each.getAttribute('href').slice(1)));
  return wanted.filter((id) => id !== '' && document.getElementById(id) === null);
`);

export const headingLevels = inPage('return [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((each) => Number(each.tagName[1]));');

/**
 * Texts on their background, as far as both are plain colours: those whose contrast is below 4.5, or 3 where they are large (WCAG 2.2, success criterion 1.4.3; 24
 * CSS pixels, or 18.66 in bold, are large). One of each pair of colours.
 */
export const faintTexts = inPage(`
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgbaOf = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminanceOf = (rgba) => {
    const [r, g, b] = rgba.map((each) => each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const ground = rgbaOf(getComputedStyle(each).backgroundColor);
      if (ground[3] === 255) return ground;
    }
    return [255, 255, 255, 255];
  };
  const faint = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const [text, element] = [texts.currentNode.textContent.trim(), texts.currentNode.parentElement];
    if (text === '' || element.closest('svg, script, style') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const [light, dark] = [luminanceOf(rgbaOf(style.color)), luminanceOf(ground)].sort((a, b) => b - a);
    const [contrast, size] = [(light + 0.05) / (dark + 0.05), parseFloat(style.fontSize)];
    const isLarge = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    if (contrast < (isLarge ? 3 : 4.5)) faint.set(style.color + ' on ' + ground, contrast.toFixed(2) + ' ' + element.tagName + ' ' + element.className + ': ' + text.slice(0, 40));
  }
  return [...faint].map((each) => each.join(', '));
`);
