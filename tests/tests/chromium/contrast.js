// Texts of this page that cannot be read well: their contrast with what is behind them is below 4.5 to 1, the measure
// of WCAG 2.2 (success criterion 1.4.3).

const paper = document.documentElement.appendChild(document.createElement('span'));
paper.style.backgroundColor = 'Canvas';

const background = (element) => {
  const color = getComputedStyle(element ?? paper).backgroundColor;
  return color === 'rgba(0, 0, 0, 0)' ? background(element.parentElement) : color;
};

const luminance = (color) => {
  const [red, green, blue] = color.match(/\d+/g).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (element) => {
  const [dark, light] = [getComputedStyle(element).color, background(element)].map(luminance).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const holdsText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

const unreadable = [...document.body.querySelectorAll('*')]
  .filter((element) => holdsText(element) && contrast(element) < 4.5)
  .map((element) => `${element.textContent.trim()} (${contrast(element).toFixed(1)})`);
paper.remove();
return unreadable;
