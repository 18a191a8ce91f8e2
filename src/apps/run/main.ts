import type { RunStep } from '../../operations/operation.ts';
import type { ViewedRun } from '../../tools/view-run.ts';
import { button, el, show } from '../core/dom.ts';
import type { Host, ToolResult } from '../core/host.ts';
import { bar, begin, type Page } from '../core/page.ts';
import { countOf, duration } from '../core/words.ts';

type Run = ViewedRun['run'];
interface Answer {
  run?: Run;
}

/** Between two looks, in ms: the platform is asked each time. */
const everyMs = 4_000;
/** Names of parts that are written out; of more the first. */
const mostSteps = 600;

void begin<unknown, Answer>('run', (page, host) => ({
  result: result => void open(page, host, result).catch(page.fail),
  cancelled: () => show(page.main, el('p', {}, 'The call was cancelled. A run that was started goes on.')),
}));

async function open(page: Page, host: Host, { structuredContent, content = [], isError }: ToolResult<Answer>) {
  const text = content.map(one => one.text ?? '').join('\n');
  const run = structuredContent?.run;
  if (isError || !run) return show(page.main, el('pre', { tabindex: 0, 'aria-label': 'Answer' }, text));
  const wasFinal = run.final;
  let view: ViewedRun = { run, steps: [], now: Date.now() };
  draw(page, host, view, text, wasFinal);
  if (!host.can.call) return;
  const look = async () => {
    view = await host.call<ViewedRun>('view_run', { run: run.uri });
    draw(page, host, view, view.run.final && !wasFinal ? '' : text, wasFinal);
  };
  await look();
  while (!view.run.final) {
    await new Promise(resolve => setTimeout(resolve, everyMs));
    // Nobody looks: the platform is left alone.
    if (!document.hidden) await look().catch(page.fail);
  }
}

const marks: Record<Run['status'], string> = {
  queued: '◷',
  running: '▶',
  succeeded: '✓',
  failed: '✕',
  cancelled: '⊘',
  waiting: '✋',
  unknown: '?',
};

function draw(page: Page, host: Host, view: ViewedRun, text: string, wasFinal: boolean): void {
  const { run, steps, cancel } = view;
  const { progress } = run;
  const left = leftOf(view);
  const state = `${marks[run.status]} ${run.status}${run.vendor_status === run.status ? '' : ` (${run.vendor_status})`}`;
  const far = progress && `${progress.done} of ${progress.total} ${progress.unit}`;
  const failed = steps.find(({ log }) => log !== undefined);
  const focused = document.activeElement?.textContent;
  show(
    page.main,
    bar(
      el('h1', { class: `grow ${run.status}` }, state),
      cancel && !run.final && button('Cancel this run', () => void ask(host, page, cancelWords(view))),
      run.final &&
        !wasFinal &&
        button('Go on with what it made', () => void ask(host, page, doneWords(run)), { class: 'main' }),
    ),
    el('p', { class: 'faint' }, run.uri),
    progress && el('progress', { max: progress.total, value: progress.done, 'aria-label': far ?? 'Progress' }),
    far !== undefined && el('p', {}, [far, left].filter(Boolean).join(' · ')),
    ...(run.notes ?? []).map(note => el('p', { class: 'note' }, note)),
    ...groupsOf(steps).map(([name, members]) => groupOf(name, members)),
    failed && el('h2', {}, `End of the log of ${failed.name}`),
    failed &&
      el('pre', { tabindex: 0, 'aria-label': `End of the log of ${failed.name}` }, (failed.log ?? []).join('\n')),
    run.final &&
      text !== '' &&
      el('details', {}, el('summary', {}, 'Answer in words'), el('pre', { tabindex: 0, 'aria-label': 'Answer' }, text)),
  );
  // What went wrong stands last.
  const log = page.main.querySelector('pre');
  if (log && failed) log.scrollTop = log.scrollHeight;
  // A button that is still there keeps the focus.
  if (focused) [...page.main.querySelectorAll('button')].find(one => one.textContent === focused)?.focus();
  page.say([run.status, far].filter(Boolean).join(', '));
}

/** By the runs before it. */
function leftOf({ took, now, run }: ViewedRun): string {
  const { before = [], since } = took ?? {};
  if (run.final || before.length === 0 || since === undefined) return '';
  const usual = before.reduce((sum, seconds) => sum + seconds, 0) / before.length;
  const left = usual - (now - since) / 1000;
  return left > 0
    ? `about ${duration(left)} left`
    : `has taken ${duration((now - since) / 1000)}, usually ${duration(usual)}`;
}

/** Steps by stage, in the order of the run; without stages by what became of them. */
function groupsOf(steps: readonly RunStep[]): [string, RunStep[]][] {
  const groups = new Map<string, RunStep[]>();
  for (const step of steps) {
    const name = step.group ?? step.word ?? step.status;
    groups.set(name, [...(groups.get(name) ?? []), step]);
  }
  return [...groups];
}

function groupOf(name: string, steps: readonly RunStep[]): HTMLElement {
  const shown = steps.slice(0, mostSteps).map(step => {
    const facts = [
      step.group === undefined ? '' : step.word,
      step.note,
      step.seconds === undefined ? '' : duration(step.seconds),
    ];
    const more = facts.filter(Boolean).join(', ');
    return el(
      'li',
      { class: step.status },
      el('b', { 'aria-hidden': 'true' }, marks[step.status]),
      ` ${step.name}`,
      more && el('span', { class: 'faint' }, ` ${more}`),
    );
  });
  const heading = el('h2', {}, `${name} · ${steps.length}`);
  const rest = steps.length > mostSteps && el('p', { class: 'faint' }, `${countOf(steps.length - mostSteps, 'more')}`);
  return el(
    'section',
    { class: steps[0]?.group === undefined ? 'many' : 'stage' },
    heading,
    el('ul', {}, ...shown),
    rest,
  );
}

/** The assistant makes the call, and its person is asked as they are for every other. */
const cancelWords = ({ run, cancel }: ViewedRun) =>
  `Please cancel the run ${run.uri}: ${cancel?.operation} ${JSON.stringify(cancel?.arguments ?? {})}.`;
const doneWords = ({ uri, status }: Run) =>
  `The run ${uri} is over (${status}). Please go on: wait_for_run ${JSON.stringify({ run: uri })} gives what it made.`;

async function ask(host: Host, page: Page, words: string): Promise<void> {
  try {
    await host.say(words);
    page.say('The assistant was asked, and asks you before anything is cancelled.');
  } catch (error) {
    page.fail(error);
  }
}
