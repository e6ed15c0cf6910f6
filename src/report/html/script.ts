// The page's only script: a cursor that reads every lane of a picture at one time, and zoom. Without it the same is there in words.

/**
 * A classic script in one text, for the page holds all that it needs; the policy of the page names its hash. What it reads is what picture.ts writes:
 * lanes are 1000 units wide, stretches are `Mx yhwidth`, `data-is` is a state in words where its class does not say it. The functions before `setUp` are pure, for tests; times are ms after the injection.
 */
const source = `'use strict';
const units = 1000;
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

/* A view is {from, to}: the whole; {a, b}: what is shown; at: where the cursor is. */
const shifted = (view, ms) => {
  const a = clamp(view.a + ms, view.from, view.to - (view.b - view.a));
  return { ...view, a, b: a + view.b - view.a };
};
const zoomed = (view, factor, around) => {
  const width = Math.min(Math.max(200, (view.b - view.a) * factor), view.to - view.from);
  const a = clamp(around - width * (around - view.a) / (view.b - view.a), view.from, view.to - width);
  return { ...view, a, b: a + width };
};
const whole = (view) => ({ ...view, a: view.from, b: view.to });
const moved = (view, at) => {
  const next = { ...view, at: clamp(at, view.from, view.to) };
  return next.at < view.a ? shifted(next, next.at - view.a) : next.at > view.b ? shifted(next, next.at - view.b) : next;
};
const pressed = (view, key, shift) => {
  const step = (view.b - view.a) / (shift ? 10 : 100);
  const far = { ArrowRight: step, ArrowUp: step, ArrowLeft: -step, ArrowDown: -step, Home: -1e12, End: 1e12 }[key];
  if (far) return moved(view, view.at + far);
  const factor = { '+': 0.5, '=': 0.5, '-': 2 }[key];
  if (factor) return zoomed(view, factor, view.at);
  return key === '0' || key === 'Escape' ? whole(view) : null;
};
const gridStep = (width) => [20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 3e4, 6e4, 12e4, 3e5, 6e5].find((step) => width / step <= 12) || 36e5;
const spansOf = (path) => Array.from(path.matchAll(/M([\\d.]+) [\\d.]+h([\\d.]+)/g), ([, from, width]) => [+from, +from + +width]);
const slopesOf = (path, height, top) => {
  const points = Array.from(path.matchAll(/([ML])([\\d.]+) (-?[\\d.]+)/g), ([, pen, x, y]) => ({ pen, x: +x, age: top * (height - 3 - y) / (height - 4) }));
  return points.flatMap((point, index) => point.pen === 'L' ? [[points[index - 1], point]] : []);
};
const ageAt = (slopes, top, x) => {
  const [from, to] = slopes.findLast(([from, to]) => x >= from.x && x <= to.x) || [];
  if (!from) return '';
  const age = from.age + (to.age - from.age) * (x - from.x) / (to.x - from.x || 1);
  return age > top - 0.1 ? 'over ' + top + ' s old' : age.toFixed(1) + ' s old';
};
/* What a lane shows at x; near is how far a mark may be away. */
const readingAt = (lane, x, near) => {
  const state = lane.states.findLast(({ spans }) => spans.some(([from, to]) => x >= from && x <= to));
  const marks = lane.marks.filter((mark) => Math.abs(mark.x - x) <= near).map(({ is }) => is);
  return { quiet: !marks[0] && (!state || state.quiet), words: [state?.is, ageAt(lane.slopes, lane.top, x), ...marks].filter(Boolean).join(', ') };
};

const make = (parent, name, given) => {
  const made = Object.assign(document.createElement(name), given);
  parent.append(made);
  return made;
};
const known = { away: 'reset', 'heard-4': 'all heard', 'heard-3': 'most heard', 'heard-2': 'about half heard', 'heard-1': 'few heard', 'heard-0': 'nothing heard' };
const laneOf = (svg) => {
  const [name, , figure] = svg.closest('tr').children;
  const lane = { svg, figure, said: figure.textContent, label: name.textContent, top: 0, states: [], marks: [], slopes: [] };
  for (const { classList: [kind], dataset, attributes: { d } } of svg.querySelectorAll('path')) {
    const is = dataset.is || known[kind];
    if (kind === 'mark') lane.marks.push({ is, x: parseFloat(d.value.slice(1)) });
    else if (is) lane.states.push({ is, quiet: ['good', 'heard-4', 'fault'].includes(kind), spans: spansOf(d.value) });
    else if (kind === 'curve') Object.assign(lane, { top: +dataset.top, slopes: slopesOf(d.value, svg.viewBox.baseVal.height, +dataset.top) });
  }
  return lane;
};

const setUp = (root) => {
  const from = +root.dataset.from;
  const to = +root.dataset.to;
  let view = { from, to, a: from, b: to, at: clamp(0, from, to) };
  let reading = false;
  const lanes = Array.from(root.querySelectorAll('tbody svg'), laneOf);
  const overlay = root.querySelector('.overlay');
  const axes = Array.from(root.querySelectorAll('.axis div'));
  const heads = Array.from(root.querySelectorAll('.heads span'), (head) => ({ head, x: head.style.left ? parseFloat(head.style.left) * 10 : units - parseFloat(head.style.right) * 10 }));
  const track = make(root, 'div', { className: 'track' });
  const cursor = make(track, 'div', { className: 'cursor', role: 'slider', tabIndex: 0, ariaLabel: 'Time after the injection', ariaValueMin: from / 1000, ariaValueMax: to / 1000 });
  const flag = make(cursor, 'span', {});
  const tools = make(root, 'div', { className: 'tools' });
  root.before(tools);
  const xOf = (ms) => (ms - from) / (to - from) * units;
  const share = (ms) => (ms - view.a) / (view.b - view.a) * 100;

  const drawScale = () => {
    const [left, width] = [xOf(view.a), xOf(view.b) - xOf(view.a)];
    for (const svg of [overlay, ...lanes.map((lane) => lane.svg)]) svg.setAttribute('viewBox', left + ' 0 ' + width + ' ' + svg.viewBox.baseVal.height);
    const step = gridStep(view.b - view.a);
    const times = [];
    for (let ms = Math.ceil(view.a / step) * step; ms <= view.b; ms += step) times.push(ms);
    overlay.querySelector('.grid').setAttribute('d', times.map((ms) => 'M' + xOf(ms) + ' 0V100').join(''));
    for (const axis of axes) {
      axis.replaceChildren();
      for (const ms of times) make(axis, 'span', { textContent: String(ms / 1000) }).style.left = share(ms) + '%';
    }
    for (const { head, x } of heads) {
      const percent = (x - left) / width * 100;
      const flipped = percent + head.textContent.length * 2.4 > 98;
      head.hidden = percent < -0.1 || percent > 100.1;
      head.classList.toggle('flipped', flipped);
      head.style.left = flipped ? '' : percent + '%';
      head.style.right = flipped ? 100 - percent + '%' : '';
    }
  };
  const drawCursor = () => {
    const time = (view.at / 1000).toFixed(view.b - view.a < 2e4 ? 2 : 1) + ' s';
    const x = xOf(view.at);
    const read = lanes.map((lane) => ({ lane, ...readingAt(lane, x, (xOf(view.b) - xOf(view.a)) / 200) }));
    cursor.style.left = share(view.at) + '%';
    cursor.classList.toggle('left', share(view.at) > 85);
    flag.textContent = time;
    for (const { lane, words } of read) lane.figure.textContent = reading ? words : lane.said;
    const loud = read.filter(({ quiet, words }) => !quiet && words).map(({ lane, words }) => lane.label + ' ' + words);
    cursor.ariaValueNow = view.at / 1000;
    cursor.ariaValueText = time + ': ' + (loud.join('; ') || 'all as it should be');
    root.classList.toggle('reading', reading);
  };
  const show = (next, read = reading) => {
    const rescaled = next.a !== view.a || next.b !== view.b;
    view = next;
    reading = read;
    if (rescaled) drawScale();
    drawCursor();
  };
  const timeAt = (event) => {
    const box = track.getBoundingClientRect();
    return view.a + clamp((event.clientX - box.left) / box.width, 0, 1) * (view.b - view.a);
  };

  for (const [text, label, change] of [
    ['+', 'Zoom in', () => zoomed(view, 0.5, view.at)], ['\u2212', 'Zoom out', () => zoomed(view, 2, view.at)],
    ['\u2190', 'Earlier', () => shifted(view, (view.a - view.b) / 4)], ['\u2192', 'Later', () => shifted(view, (view.b - view.a) / 4)], ['all', 'Show all', () => whole(view)],
  ]) make(tools, 'button', { textContent: text, title: label, ariaLabel: label }).addEventListener('click', () => show(change()));

  root.addEventListener('pointermove', (event) => show(moved(view, timeAt(event)), true));
  root.addEventListener('pointerleave', () => show(view, document.activeElement === cursor));
  root.addEventListener('pointerdown', (event) => { show(moved(view, timeAt(event)), true); setTimeout(() => cursor.focus({ preventScroll: true })); });
  root.addEventListener('wheel', (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    show(zoomed(view, event.deltaY < 0 ? 0.8 : 1.25, timeAt(event)));
  });
  cursor.addEventListener('focus', () => show(view, true));
  cursor.addEventListener('blur', () => show(view, false));
  cursor.addEventListener('keydown', (event) => {
    const next = !event.ctrlKey && !event.metaKey && !event.altKey && pressed(view, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    show(next, true);
  });
  addEventListener('beforeprint', () => show(whole(view), false));
  drawScale();
  drawCursor();
};
document.querySelectorAll('.picture').forEach(setUp);
document.querySelectorAll('.scripted').forEach((hint) => { hint.hidden = false; });
`;

/** What stands in the page: without indentation, empty lines and comments, which are for those who read it here. */
export const script = source.replaceAll(/^ +|^\/\*.*\*\/\n|\n(?=\n)/gm, '');
