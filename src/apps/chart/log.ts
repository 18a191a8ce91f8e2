import type { ViewedRows } from '../../answers/view.ts';
import { labelOf } from '../../results/chart/label.ts';
import type { ChartPlan } from '../../results/chart/plan.ts';
import { button, el, show } from '../core/dom.ts';
import type { Host } from '../core/host.ts';
import { bar, type Page } from '../core/page.ts';
import { figure } from '../core/words.ts';
import { type Data, fetchData, fetchHoles } from './data.ts';
import { saveButtons } from './save.ts';
import { drawStrip, kindColours, type Strip, type StripState } from './strip.ts';

/** Holes that are looked at side by side when nobody has chosen. */
const firstHoles = 3;

/** A strip log to be looked into: holes chosen, tracks on and off, depths zoomed, values told. */
export async function showLog(page: Page, host: Host, table: ViewedRows, plan: ChartPlan, shown: readonly number[]) {
  const { uri, name } = table.result;
  const by = plan.by?.name;
  const holes = by === undefined ? [''] : await fetchHoles(host, uri, by);
  const narrow = innerWidth < 480;
  const state: StripState = {
    holes: holes.slice(0, narrow ? 1 : firstHoles),
    tracks: shown,
    zoom: undefined,
    width: 0,
  };
  let data: Data = { data: [], notes: [] };
  let strip: Strip | undefined;
  const stage = el('div', {
    class: 'stage',
    tabindex: 0,
    role: 'group',
    'aria-label': 'Log: plus and minus zoom, arrows move',
  });
  const tip = el('div', { class: 'tip', hidden: true });
  const legend = el('ul', { class: 'legend', 'aria-label': 'Kinds' });
  const notes = el('div');

  function draw(): void {
    state.width = Math.max(240, stage.clientWidth - 4);
    strip = drawStrip(plan, data.data, state);
    show(stage, strip.picture, tip);
    const kinds = kindColours(plan, data.data, state);
    show(legend, ...kinds.map(({ kind, colour }) => el('li', {}, el('i', { style: `background:${colour}` }), kind)));
    show(notes, ...data.notes.map(note => el('p', { class: 'faint' }, note)));
  }

  async function load(): Promise<void> {
    const where = by === undefined ? [] : [{ column: by, op: 'in' as const, value: [...state.holes] }];
    data = await fetchData(host, uri, plan, where);
    state.zoom = undefined;
    draw();
    page.say(`${state.holes.length} of ${holes.length} holes drawn`);
  }

  function zoom(factor: number, at?: number): void {
    if (!strip) return;
    const [from, to] = state.zoom ?? strip.extent;
    const middle = at ?? (from + to) / 2;
    const most = strip.extent[1] - strip.extent[0];
    const length = Math.min(most, Math.max(most / 400, (to - from) * factor));
    if (length >= most) state.zoom = undefined;
    else place(middle - ((middle - from) / (to - from)) * length, length);
    draw();
    tellZoom();
  }

  function place(from: number, length: number): void {
    const [highest, deepest] = strip?.extent ?? [0, length];
    const start = Math.min(Math.max(from, highest), deepest - length);
    state.zoom = [start, start + length];
  }

  function move(part: number): void {
    if (!strip || !state.zoom) return;
    const length = state.zoom[1] - state.zoom[0];
    place(state.zoom[0] + part * length, length);
    draw();
    tellZoom();
  }

  const tellZoom = () => {
    const [from, to] = state.zoom ?? strip?.extent ?? [0, 0];
    page.say(`${figure(from)} to ${figure(to)}`);
  };

  listenToPointer(stage, tip, () => strip, {
    zoom,
    select: (from, to) => {
      state.zoom = [from, to];
      draw();
      tellZoom();
    },
  });
  stage.addEventListener('keydown', event => {
    const keys: Record<string, () => void> = {
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      0: () => zoom(1e9),
      ArrowDown: () => move(0.25),
      ArrowUp: () => move(-0.25),
    };
    const press = keys[event.key];
    if (!press) return;
    event.preventDefault();
    press();
  });

  const tracks = plan.y.map((column, at) => {
    const box = el('input', {
      type: 'checkbox',
      checked: shown.includes(at),
      onchange: () => {
        state.tracks = plan.y.flatMap((_, other) => (boxes[other]?.checked ? [other] : []));
        draw();
      },
    });
    return { box, label: el('label', {}, box, labelOf(column.name, plan.units)) };
  });
  const boxes = tracks.map(({ box }) => box);
  const picker = holePicker(holes, state.holes, chosen => {
    state.holes = chosen;
    void load().catch(page.fail);
  });
  show(
    page.main,
    bar(el('h1', { class: 'grow' }, name), ...saveButtons(page, host, name, () => strip?.picture)),
    bar(
      by === undefined ? null : picker,
      button('Zoom in', () => zoom(0.5)),
      button('Zoom out', () => zoom(2)),
      button('All depths', () => zoom(1e9)),
    ),
    el('div', { class: 'bar', role: 'group', 'aria-label': 'Tracks' }, ...tracks.map(one => one.label)),
    stage,
    legend,
    notes,
  );
  await load();
  new ResizeObserver(() => Math.abs(stage.clientWidth - 4 - state.width) > 2 && draw()).observe(stage);
  return (theme: ChartPlan['theme']) => {
    plan.theme = theme;
    draw();
  };
}

/** Which holes stand side by side. */
function holePicker(
  holes: readonly string[],
  first: readonly string[],
  choose: (holes: string[]) => void,
): HTMLElement {
  const chosen = new Set(first);
  const words = el('summary', {}, '');
  const tell = () =>
    show(
      words,
      `Holes: ${[...chosen].slice(0, 4).join(', ')}${chosen.size > 4 ? '…' : ''} (${chosen.size} of ${holes.length})`,
    );
  const list = holes.map(hole => {
    const box = el('input', {
      type: 'checkbox',
      checked: chosen.has(hole),
      onchange: () => {
        if (box.checked) chosen.add(hole);
        else chosen.delete(hole);
        tell();
        choose(holes.filter(one => chosen.has(one)));
      },
    });
    return el('label', {}, box, hole);
  });
  tell();
  return el(
    'details',
    { class: 'holes' },
    words,
    el('div', { class: 'list', role: 'group', 'aria-label': 'Holes' }, ...list),
  );
}

interface Pointed {
  zoom(factor: number, at?: number): void;
  select(from: number, to: number): void;
}

/** Values where the pointer is; a stretch that is drawn over is zoomed to, and so is where the wheel turns with Ctrl. */
function listenToPointer(
  stage: HTMLElement,
  tip: HTMLElement,
  strip: () => Strip | undefined,
  { zoom, select }: Pointed,
): void {
  let from: number | undefined;
  const depthAt = ({ clientY }: MouseEvent) => {
    const now = strip();
    if (!now) return undefined;
    const y = clientY - now.picture.getBoundingClientRect().top;
    const [start, end] = now.depth.domain;
    const [top, bottom] = [now.depth.at(start), now.depth.at(end)];
    return Math.min(end, Math.max(start, start + ((y - top) / (bottom - top)) * (end - start)));
  };
  stage.addEventListener('pointermove', event => {
    const [now, depth] = [strip(), depthAt(event)];
    if (!now || depth === undefined) return;
    const x = event.clientX - now.picture.getBoundingClientRect().left;
    const read = now.readAt(depth, x);
    tip.hidden = !read || read.words.length === 0;
    if (!read) return;
    const lines =
      from === undefined ? read.words : [`${figure(Math.min(from, depth))} to ${figure(Math.max(from, depth))}`];
    show(tip, ...lines.map(line => el('div', {}, line)));
    tip.style.top = `${Math.max(0, read.y - 10)}px`;
    tip.style.left = `${Math.min(x + 14, Math.max(0, stage.clientWidth - 200)) + stage.scrollLeft}px`;
  });
  stage.addEventListener('pointerleave', () => {
    tip.hidden = true;
  });
  stage.addEventListener('pointerdown', event => {
    if (event.pointerType !== 'touch' && event.button === 0) from = depthAt(event);
  });
  addEventListener('pointerup', event => {
    const [start, end] = [from, depthAt(event)];
    from = undefined;
    const now = strip();
    if (start === undefined || end === undefined || !now) return;
    const least = (now.depth.domain[1] - now.depth.domain[0]) / 100;
    if (Math.abs(end - start) > least) select(Math.min(start, end), Math.max(start, end));
  });
  stage.addEventListener('dblclick', () => zoom(1e9));
  stage.addEventListener('wheel', event => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, depthAt(event));
  });
}
